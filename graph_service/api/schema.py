"""The GraphQL schema of the service; run as a module it prints it: `python -m graph_service.api.schema`."""

import sys
from typing import Any

import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from graph_service.api.intake_types import IntakeMutation
from graph_service.api.limits import Limits
from graph_service.api.scalars import SCALARS
from graph_service.attribution.counter_query import CounterQuery
from graph_service.attribution.query import AttributionQuery
from graph_service.channel.query import ChannelQuery
from graph_service.channel.types import PARTY_TYPES
from graph_service.goods.query import GoodsQuery
from graph_service.insight.query import InsightQuery
from graph_service.members.privacy_query import PrivacyQuery
from graph_service.members.quality_query import QualityQuery
from graph_service.members.query import MemberQuery
from graph_service.rebates.query import RebateQuery
from graph_service.rebates.statement_types import StatementQuery
from graph_service.rebates.subscription import RebateSubscription
from graph_service.trade.referral_query import ReferralQuery
from graph_service.trade.store_query import StoreQuery
from graph_service.trade.trade_query import TradeQuery

Query = merge_types(
    "Query",
    (
        GoodsQuery,
        ChannelQuery,
        MemberQuery,
        PrivacyQuery,
        QualityQuery,
        RebateQuery,
        StatementQuery,
        StoreQuery,
        CounterQuery,
        AttributionQuery,
        ReferralQuery,
        TradeQuery,
        InsightQuery,
    ),
)
Mutation = merge_types("Mutation", (IntakeMutation,))
Subscription = merge_types("Subscription", (RebateSubscription,))


class _Schema(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Logs nothing: messages may hold personal data, and `errors.py` logs what nobody foresaw."""


schema = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=list(PARTY_TYPES.values()),
    extensions=[Limits, ParserCache, ValidationCache],
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
)


if __name__ == "__main__":
    sys.stdout.write(schema.as_str() + "\n")
