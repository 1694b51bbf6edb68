"""Where a registration happened (`contract/rules.md`, Who a role is)."""

from graph_service.channel.view import ChannelView
from graph_service.goods.ownership import RETAIL_KINDS


def store_of_registration(
    channel: ChannelView, at: int, *, store: str | None, clerk: str | None, promo_code: str | None
) -> str | None:
    """The store named, else that of the promo code, or the one that employs the clerk named or of the code.

    Args:
        channel: what is known of the parties named.
        at: when, in microseconds.
        store: that the registration names.
        clerk: that it names; goes before the promo code.
        promo_code: that it carries.
    """
    if store is not None:
        return store
    if clerk is not None:
        return channel.employer(clerk, at)
    holder = channel.promoter(promo_code, at, {"CLERK", *RETAIL_KINDS})
    if holder is None or channel.kind(holder, at) in RETAIL_KINDS:
        return holder
    return channel.employer(holder, at)
