"""What was read of the channel, kept as long as it stands: parties and products change seldom, scans ask all day."""

from collections.abc import Iterable

from graph_service.channel.read import fetch_parties
from graph_service.channel.view import ChannelView
from graph_service.graph.driver import Transaction

_MOST = 200_000


class KeptChannel:
    """A view of the channel that grows by what it is asked about; what it knows is not read again.

    It holds as long as no event on parties, links, territories or products comes or goes.
    """

    def __init__(self) -> None:
        self._view = ChannelView()
        self._parties: set[str] = set()
        self._promo_codes: set[str] = set()
        self._skus: set[str] = set()

    @property
    def is_full(self) -> bool:
        """Whether it knows more than is worth its memory."""
        return len(self._parties) + len(self._promo_codes) + len(self._skus) > _MOST

    async def around(
        self, transaction: Transaction, *, parties: Iterable[str], promo_codes: Iterable[str], skus: Iterable[str]
    ) -> ChannelView:
        """What is known of parties, of whoever is linked above them and holds these promo codes, and of products."""
        unknown = set(parties) - self._parties
        codes, products = set(promo_codes) - self._promo_codes, set(skus) - self._skus
        if unknown or codes or products:
            facts = await fetch_parties(transaction, unknown, promo_codes=codes, skus=products, above=True)
            self._view.learn(facts.registrations, facts.listings, facts.links, facts.territories)
            self._parties |= unknown
            self._promo_codes |= codes
            self._skus |= products
        return self._view


_kept: dict[str, KeptChannel] = {}


def channel_under(stamp: str | None) -> KeptChannel:
    """What is kept under a stamp of the channel (`Log.channel_stamp`); nothing yet where there is none."""
    if stamp is None:
        return KeptChannel()
    if stamp not in _kept or _kept[stamp].is_full:
        _kept.clear()
        _kept[stamp] = KeptChannel()
    return _kept[stamp]


async def stamp_channel(transaction: Transaction) -> None:
    """Tells everyone that the channel is another one; the caller holds the intake's lock."""
    await transaction.run("channel/stamp")
