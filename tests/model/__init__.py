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

Caps, budgets, holds, shares and pools, and the identity policy come later.
"""

from tests.model.log import Log
from tests.model.rebates import Decision
from tests.model.world import World

__all__ = ["Decision", "Log", "World"]
