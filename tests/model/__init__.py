"""The reference model: the contract once more, in plain Python, as short and obvious as it can be.

It shares no code with the service, and everything in it is a function of the accepted events. Where the
contract is silent it chooses, and says so in a comment at the place. The choices, in short:

- Voids in a circle: the last of the circle is in force, the others follow. `recordedAt` is content.
- Relations, registrations, products and rules hold from their `at`, whatever the ids at that moment; goods
  facts are ordered by (`at`, `id`). Products are dated like parties: in force at the event, else the earliest.
- A territory for every product, less one that was released by name: the rest is kept. Releases are for the
  very regions they name.
- A party that is only named has no kind, and stands in a branch all the same.
- Of two links between a pair, a path shows the smaller relation; of equal paths the smaller party ids win.
- Kinds on the way of the goods are asked for at the time of the question.
- Destroyed goods are not commissioned again. A scan of a container without papers is `not_a_unit`.
- Goods sold without an owner stay `UNKNOWN`; `SOLD` freezes owner, `confirmedBy` and `via`, not the steps.
- A fact that names two containers of an item came through the nearer one; of two aliases, the one asked
  about, else the smaller.
- A journey shows the item's own containers, not theirs; packing again where it already is counts.
- With `lateBindingDays` a rule is matched, too, by what it may know; only what the item is (batch, sku, brand)
  and whether its scan is valid come from all facts: the consumer is not punished for late papers.
- A promo code of two clerks: one who earns comes first, then the smaller id. A clerk who earns nothing is
  still the payee of the entry that says so; a rejected entry names its payee where one is known.
- A receipt skips destroyed codes (all of those left: `destroyed`); a code has paid a store once any rule
  matched it there; two names of one item are one code; sold items pay like others.
- An operator's link is evidence like a list of its two, and shows them; `unlinked` and `released` show nobody.
- Two values of a unique namespace in one list: the whole event links nothing, an invitation's other list included;
  its identifiers were still seen together where shared identifiers are counted. An app is part of the value, so the
  same value in two apps is two values.
- What the policy does not name stays alone, an operator's link included, and is the weakest account.
- `released` and `left` reach up to their `at`, whatever the ids; `unlinked` outlives a link, a release and a leaving.
- A pair has one first and one last time, its operator's link among them. Of an identifier, what was released and what
  linked nothing is seen all the same.
- A member that leaves is the one of that moment, by all facts up to that `at` and by the policy in force now; of a
  list, the one of its strongest identifier that is not shared. Evicted identifiers go with it; a device that was seen
  with others too stays theirs. An account up to then goes on under the leaving's name.
- Members named by `id` alone show no identifier.
- The seed is one of those that stay after eviction; `formerIds` are all identifiers, the seed's included.
- A period of a voucher and of a claim on a member is half-open, like every other. A redemption without `spendFen`
  spent nothing. A voucher is what its first issue says, an order what its first placement says; a second placement
  pays nothing (`order_already_placed`), a second registration pays like the first. An unknown voucher is
  `unknown_voucher`, whoever came.
- An order without a member pays the others, and its consumer is `no_consumer`.
- Who is named by a list is the member of its account; an account that is no member's redeems for itself, and
  invites nobody.
- First seen is by (`at`, `id`), then by the lists of one event in their order. What happened at the moment of the
  redemption, an invitation, counts for it.
- Who left goes on under the leaving's name: invitations by and of them count as before, so that no total changes.
- The scope of a referral rule is compared with the campaign of the invitation, else of the voucher; of a group the
  most specific is chosen before windows are looked at. `INVITER_2` is filled by rules of depth 2 alone.
- Where a registration happened: the store named, else the promo code's, else the one that employs its clerk. A named
  clerk goes before a promo code. Where a group leader is named as the store, it fills `GROUP_LEADER`.
- An order's line is of every batch of its codes. For some lines of an order `GROSS` is what `NET_PAID` is.
- A promo code of an order that is nobody's who may promote is `clerk_inactive`, no promo code `no_promoter`. Roles that
  a trigger's list does not name are filled by nobody, an order's `CLERK` among them (`no_clerk`).
- A member belongs to the store that it did when it was last heard of; every kind of claim lasts 180 days. A valid
  scan of a store's or group leader's goods is one; a pet is whose it was registered to by the visit, else first.

- A settlement sees what was recorded by its `recordedAt`, that very moment included; a month is frozen by the first
  closing of it or of a later one. A decision belongs to the month of its trigger, a reversal to that of its refund.
  Payments recorded by a settlement are in its opening; others for earlier months come into the next one.
- A decision is settled when the latest settlement that covers its month saw just its amount accrue.
- A cap counts what passed the caps (`DAY`, then `PERIOD`, then `RULE`), whatever the budget makes of it. A version with
  a higher limit opens again what was closed at a lower one. Limits count over all versions, those without them too.
- The share of a role that nobody fills is not paid to the others of a pool. Of a receipt each code's amount is rounded.
- What is held has a device and a store, or a new member; the first review counts; suspense that is held is `HELD`.
- `PERIOD` pays for its period as far as it has come, at each closing of a month in it, less what earlier closings came
  to; a carton is sold through with its first unit; see `periods.py`.
"""

from tests.model.decision import Decision
from tests.model.identity import Member, Refused
from tests.model.log import Log
from tests.model.why import Apart, Together
from tests.model.world import World

__all__ = ["Apart", "Decision", "Log", "Member", "Refused", "Together", "World"]
