"""What a GraphQL question may cost, measured before anything runs.

The cost of a question is about the number of objects that its answer can hold: each field with fields below it counts
once, times the `first` of every list that it stands in, through fragments. A list without `first` counts as `ASSUMED`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)
from strawberry.extensions import SchemaExtension

from graph_service.api.errors import LimitExceeded
from graph_service.api.paging import LARGEST_PAGE
from graph_service.errors import ServiceError

MAX_TOKENS = 15_000
MAX_NESTING = 64
MAX_FIELDS = 500
MAX_ALIASES = 50
MAX_DEPTH = 20
MAX_COST = 50_000
MAX_ASKED_AT_ONCE = 1_000
ASSUMED = 10

_BRACKETS = re.compile(r'"""(?:\\"""|(?!""").)*"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[\[({]|[\])}]', re.DOTALL)


def check_nesting(query: str) -> None:
    """Refuses a text whose brackets nest too deep for a parser.

    Raises:
        LimitExceeded: when they do.
    """
    depth = deepest = 0
    for token in _BRACKETS.finditer(query):
        if token[0] in "[({":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "])}":
            depth -= 1
    if deepest > MAX_NESTING:
        raise LimitExceeded("Brackets inside each other in the question", deepest, MAX_NESTING)


def check_size(document: DocumentNode) -> None:
    """Refuses a question with too many fields or aliases; comparing fields with each other is what validation costs.

    Raises:
        LimitExceeded: when it has.
    """
    fields = aliases = 0
    for field in _fields_in(document):
        fields += 1
        aliases += field.alias is not None
    if fields > MAX_FIELDS:
        raise LimitExceeded("Fields in the question", fields, MAX_FIELDS)
    if aliases > MAX_ALIASES:
        raise LimitExceeded("Aliases in the question", aliases, MAX_ALIASES)


def check_single(document: DocumentNode) -> None:
    """Refuses several operations of which none was named; Strawberry would run the first.

    Raises:
        ServiceError: `INVALID_QUERY`.
    """
    if sum(isinstance(node, OperationDefinitionNode) for node in document.definitions) > 1:
        raise ServiceError("INVALID_QUERY", "Of several operations one must be named.", remedy="Send `operationName`.")


def _fields_in(document: DocumentNode) -> Iterator[FieldNode]:
    waiting: list[Node] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode):
            yield node
        selected = getattr(node, "selection_set", None)
        if isinstance(selected, SelectionSetNode):
            waiting += selected.selections


class Measure:
    """Measures a valid question.

    Args:
        schema: that it is asked of.
        document: the question, validated.
        variables: as sent.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._variables = variables
        self._of_fragment: dict[str, tuple[int, int]] = {}

    def check(self, operation: OperationDefinitionNode) -> None:
        """Refuses an operation that is too deep or costs too much.

        Raises:
            LimitExceeded: when it is or does, or asks for a page that is too large.
        """
        cost, depth = self.cost(operation)
        if depth > MAX_DEPTH:
            raise LimitExceeded("Levels of the question", depth, MAX_DEPTH)
        if cost > MAX_COST:
            raise LimitExceeded("Objects that the answer could hold", cost, MAX_COST)

    def cost(self, operation: OperationDefinitionNode) -> tuple[int, int]:
        """Cost and depth of an operation.

        Raises:
            LimitExceeded: when it asks for a page that is too large.
        """
        # What a variable is when it is not sent.
        defaults = {each.variable.name.value: each.default_value for each in operation.variable_definitions or ()}
        self._defaults = {name: node for name, node in defaults.items() if node is not None}
        root = self._schema.get_root_type(operation.operation)
        return self._selected(operation.selection_set, root) if root is not None else (0, 0)

    def _selected(self, selected: SelectionSetNode, parent: GraphQLCompositeType) -> tuple[int, int]:
        """Cost and depth of some fields."""
        cost = depth = 0
        for node in selected.selections:
            if isinstance(node, FieldNode):
                more, deeper = self._field(node, parent)
            elif isinstance(node, FragmentSpreadNode):
                more, deeper = self._fragment(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                kind = self._composite(node.type_condition.name.value) if node.type_condition is not None else parent
                more, deeper = self._selected(node.selection_set, kind)
            else:
                continue
            cost, depth = cost + more, max(depth, deeper)
        return cost, depth

    def _fragment(self, name: str) -> tuple[int, int]:
        if name not in self._of_fragment:
            node = self._fragments[name]
            kind = self._composite(node.type_condition.name.value)
            self._of_fragment[name] = self._selected(node.selection_set, kind)
        return self._of_fragment[name]

    def _composite(self, name: str) -> GraphQLCompositeType:
        kind = self._schema.get_type(name)
        if not is_composite_type(kind):
            raise LookupError(name)  # A valid question names none.
        return kind

    def _field(self, node: FieldNode, parent: GraphQLCompositeType) -> tuple[int, int]:
        field = self._schema.get_field(parent, node.name.value)
        if field is None:
            return 0, 1
        times = self._times(node, field, parent)
        kind = get_named_type(field.type)
        if node.selection_set is None or not is_composite_type(kind):
            return 0, 1
        cost, depth = self._selected(node.selection_set, kind)
        return times * (1 + cost), depth + 1

    def _times(self, node: FieldNode, field: GraphQLField, parent: GraphQLCompositeType) -> int:
        """How many objects a field can bring."""
        if "first" in field.args:
            first = self._value(node, "first", field.args["first"].default_value)
            if isinstance(first, int) and not 1 <= first <= LARGEST_PAGE:
                raise LimitExceeded(f"`{node.name.value}(first:)`, at least 1", first, LARGEST_PAGE, path="first")
            return first if isinstance(first, int) else LARGEST_PAGE
        for name, argument in field.args.items():
            if is_list_type(get_nullable_type(argument.type)):
                given = self._value(node, name, ())
                count = len(given) if isinstance(given, list | tuple) else 1
                if count > MAX_ASKED_AT_ONCE:
                    what = f"`{node.name.value}({name}:)` at once"
                    raise LimitExceeded(what, count, MAX_ASKED_AT_ONCE, path=name)
                return count
        is_page = parent.name.endswith("Connection")
        return ASSUMED if is_list_type(get_nullable_type(field.type)) and not is_page else 1

    def _value(self, node: FieldNode, name: str, default: Any) -> Any:
        given = next((argument.value for argument in node.arguments or () if argument.name.value == name), None)
        if isinstance(given, VariableNode):
            variable = given.name.value
            if variable in self._variables:
                return self._variables[variable]
            given = self._defaults.get(variable)
        match given:
            case None:
                return default
            case IntValueNode():
                return int(given.value)
            case ListValueNode():
                return given.values
            case _:
                return None


class Limits(SchemaExtension):
    """Refuses what is too much: the text before it is parsed, its fields before they are checked, its cost after."""

    def on_operation(self) -> Iterator[None]:
        """Lets the parser stop at the limit."""
        self.execution_context.parse_options["max_tokens"] = MAX_TOKENS
        yield

    def on_parse(self) -> Iterator[None]:
        """Checks the text, and then the parsed question."""
        context = self.execution_context
        check_nesting(context.query or "")
        yield
        if context.graphql_document is not None:
            check_size(context.graphql_document)
            if context._provided_operation_name is None:
                check_single(context.graphql_document)

    def on_validate(self) -> Iterator[None]:
        """Measures a valid question."""
        yield
        context = self.execution_context
        if context.pre_execution_errors or context.graphql_document is None:
            return
        measure = Measure(context.schema._schema, context.graphql_document, context.variables or {})
        for node in context.graphql_document.definitions:
            if isinstance(node, OperationDefinitionNode):
                measure.check(node)
