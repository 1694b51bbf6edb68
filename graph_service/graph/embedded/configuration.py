"""The server's configuration, written anew at each start, and the command that starts it.

Neo4j reads its first password from `auth.ini`. It is written here as `neo4j-admin` writes it (salted
SHA-256, 1024 rounds) because a Java process only for that costs 2 s, and changing the default password
after the start would leave the server open to everybody on the machine meanwhile.
"""

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from graph_service.graph.embedded.files import ServerFiles, replace_private
from graph_service.graph.embedded.memory import Memory

USERNAME = "neo4j"
DATABASE = "neo4j"
ADDRESS = "127.0.0.1"
MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"

_ROUNDS = 1024
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")

_LOGS = """<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="ERROR">
  <Appenders>
    <RollingRandomAccessFile name="Log" fileName="${{config:server.directories.logs}}/{name}.log"
                             filePattern="$${{config:server.directories.logs}}/{name}.log.%02i">
      <{layout} pattern="%d{{yyyy-MM-dd HH:mm:ss.SSSZ}}{{GMT+0}} %-5p {category}%m%n"/>
      <Policies><SizeBasedTriggeringPolicy size="{size} MB"/></Policies>
      <DefaultRolloverStrategy fileIndex="min" max="{kept}"/>
    </RollingRandomAccessFile>
  </Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="Log"/></Root></Loggers>
</Configuration>
"""


def write_configuration(
    files: ServerFiles, *, port: int, memory: Memory, class_path: Sequence[Path], class_data: Sequence[str] = ()
) -> None:
    """Write everything the server reads when it starts.

    Args:
        files: where to.
        port: of Bolt, on the loopback address.
        memory: what the server may take.
        class_path: the server's jars.
        class_data: arguments about Java's archive of their classes.

    Raises:
        OSError: the home cannot be written.
    """
    settings = {
        "server.default_listen_address": ADDRESS,
        "server.default_advertised_address": ADDRESS,
        "server.bolt.listen_address": f"{ADDRESS}:{port}",
        "server.bolt.advertised_address": f"{ADDRESS}:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "server.memory.pagecache.size": f"{memory.page_cache}m",
        # Otherwise the driver guards the arrival of every record with a timer of its own, which triples what a
        # record costs; that the server lives is the supervisor's to watch.
        "server.bolt.connection_keep_alive_for_requests": "OFF",
        # Preallocated transaction logs make an empty database 516 MB instead of 2 MB.
        "db.tx_log.preallocate": "false",
        "db.tx_log.rotation.size": "64M",
        "db.tx_log.rotation.retention_policy": "256M size",
        # Logs are pruned at checkpoints; by time alone a bulk load keeps gigabytes of them.
        "db.checkpoint": "VOLUME",
        "db.checkpoint.interval.volume": "256M",
        "db.logs.query.enabled": "OFF",
        # A growing graph would have each statement planned anew every 10 s, which costs a first load 5 s of 30; what
        # a plan starts from does not hang on statistics here (every anchor has its index as a hint).
        "dbms.cypher.min_replan_interval": "5m",
        # Every index is looked through again when a twentieth of it changed, which a growing graph does all the time.
        "db.index_sampling.update_percentage": "50",
        # One plan for each statement instead of one for each order of magnitude of its rows.
        "internal.cypher.use_parameter_size": "false",
        # A reader's Cypher must reach neither the machine's files nor its network.
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
        # Without this the server stops 10 s after its last transaction, waiting for new connections.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    }
    lines = ["# Written at each start of the embedded server; changes made here are lost."]
    lines += [f"{name}={value}" for name, value in settings.items()]
    conf = files.configuration
    replace_private(conf / "neo4j.conf", "\n".join(lines) + "\n")
    replace_private(
        conf / "server-logs.xml",
        _LOGS.format(name="debug", layout="Neo4jDebugLogLayout", category="[%c{1.}] ", size=10, kept=3),
    )
    replace_private(
        conf / "user-logs.xml",
        _LOGS.format(name="neo4j", layout="PatternLayout", category="", size=5, kept=2),
    )
    arguments = [
        f"-Xms{memory.heap // 2}m",
        f"-Xmx{memory.heap}m",
        # Measured on two cores: 12 % less of the processor than G1 on a load; heaps this small make short pauses.
        "-XX:+UseParallelGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-OmitStackTraceInFastThrow",
        "-XX:+DisableExplicitGC",
        f"-XX:ErrorFile={files.logs / 'java-crash.log'}",
        "-Dfile.encoding=UTF-8",
        "-Dlog4j2.disable.jmx=true",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Djdk.nio.maxCachedBufferSize=1024",
        *class_data,
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
        "-cp",
        ":".join(map(str, class_path)),
    ]
    replace_private(_arguments_file(files), "\n".join(map(_quote, arguments)) + "\n")
    if not (files.data / "databases" / "system").exists():
        (files.data / "dbms").mkdir(mode=0o700, exist_ok=True)
        replace_private(files.data / "dbms" / "auth.ini", _credential(files.read_password()))


def home_argument(files: ServerFiles) -> str:
    """The argument by which a server's process is recognised as this home's."""
    return f"--home-dir={files.root}"


def server_command(files: ServerFiles, java: Path) -> list[str]:
    """The command that starts the configured server in the foreground.

    The long arguments come from a file so that the process list stays readable.
    """
    return [
        str(java),
        f"@{_arguments_file(files)}",
        MAIN_CLASS,
        home_argument(files),
        f"--config-dir={files.configuration}",
    ]


def _arguments_file(files: ServerFiles) -> Path:
    return files.configuration / "java.args"


def _quote(argument: str) -> str:
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _credential(password: str) -> str:
    salt = secrets.token_bytes(32)
    digest = salt + password.encode()
    for _ in range(_ROUNDS):
        digest = hashlib.sha256(digest).digest()
    return f"{USERNAME}:SHA-256,{digest.hex()},{salt.hex()},{_ROUNDS}:\n"
