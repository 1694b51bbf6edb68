"""What changes among the people and in the stores' papers while the log runs."""

from datetime import datetime, timedelta

from .founding import Founding
from .log import Fields
from .names import OPENING_HOURS
from .network import STORY_STORE, Store, Term, working_time


class Staff:
    """Clerks leave and move, salespeople hand over their rounds, stores change their papers."""

    def __init__(self, founding: Founding) -> None:
        self._log = founding.log
        self._network = founding.network
        self._people = founding.people
        self._chance = founding.knobs.chance("staff")
        self._days = founding.knobs.days
        # The store of the story keeps its people, so that the story stays as simple as it is told.
        self._keep = {STORY_STORE, self._network.seller_of(STORY_STORE, self._log.end)}

    def change(self) -> None:
        """All changes of the log's time."""
        self._clerks()
        self._rounds()
        self._salesperson_leaves()
        self._papers()

    def _day(self, low: float, high: float) -> datetime:
        days = self._days
        return working_time(self._chance, self._log.start, int(days * low), int(days * high))

    def _clerks(self) -> None:
        """Every ninth clerk leaves; every other of those starts at another store of the city a week later."""
        network = self._network
        leaving = [term for term in network.clerks if term.place != STORY_STORE][4::9]
        for number, term in enumerate(leaving):
            at = self._day(0.25, 0.75)
            term.until = at
            employment = {"relation": "EMPLOYS", "parent": term.place, "child": term.person}
            self._log.add("channel.unlinked", at, employment)
            area = network.store(term.place).area
            others = [store for store in network.in_area(area) if store.id != term.place and not store.leader]
            if number % 2 and others:
                place = self._chance.choice(others).id
                since = at + timedelta(days=7)
                self._log.add("channel.linked", since, {**employment, "parent": place})
                network.clerks.append(Term(term.person, place, since))

    def _rounds(self) -> None:
        """Some stores get another salesperson of the same distributor."""
        changed = 0
        for term in list(self._network.sellers):
            colleagues = next(people for people in self._network.staff.values() if term.person in people)
            others = [person for person in colleagues if person != term.person and person not in self._keep]
            if term.place[0] != "S" or term.place == STORY_STORE or not others:
                continue
            changed += 1
            if changed % 4 == 0:
                self._hand_over(term, self._chance.choice(others), self._day(0.3, 0.8))

    def _salesperson_leaves(self) -> None:
        """A salesperson of the Hangzhou distributor leaves, and a new one takes over the whole round."""
        leaver = self._network.staff["D2-HZ"][0]
        at = self._day(0.5, 0.55)
        successor = "P-HZ-09"
        party = {"id": successor, "kind": "SALESPERSON", "name": self._people.name()}
        self._log.add("party.registered", at, {"party": party})
        employment = {"relation": "EMPLOYS", "parent": "D2-HZ"}
        self._log.add("channel.unlinked", at, {**employment, "child": leaver})
        self._log.add("channel.linked", at, {**employment, "child": successor})
        for term in [term for term in self._network.sellers if term.person == leaver and term.until is None]:
            self._hand_over(term, successor, at)

    def _hand_over(self, term: Term, successor: str, at: datetime) -> None:
        if not term.holds(at):
            return
        later = [other for other in self._network.sellers if other.place == term.place and other.since > at]
        if later:
            return
        term.until = at
        for kind, parent in (("channel.unlinked", term.person), ("channel.linked", successor)):
            self._log.add(kind, at, {"relation": "SERVES", "parent": parent, "child": term.place})
        self._network.sellers.append(Term(successor, term.place, at))

    def _papers(self) -> None:
        """Stores move up a tier and open longer; a promo code is replaced after it was posted online."""
        stores = [store for store in self._network.stores if store.id != STORY_STORE and not store.leader]
        for store in self._chance.sample(stores, 6):
            self._log.add("party.registered", self._day(0.2, 0.7), {"party": self._renewed(store)})
        term = next(term for term in self._network.clerks if term.place != STORY_STORE and term.until is None)
        at = self._day(0.4, 0.5)
        old = self._network.promo_code(term.person, at)
        code = f"{old}2"
        party = {
            "id": term.person,
            "kind": "CLERK",
            "name": self._network.clerk_names[term.person],
            "promoCode": code,
        }
        self._log.add("party.registered", at, {"party": party})
        self._network.promo_codes[term.person].append((at, code))

    def _renewed(self, store: Store) -> Fields:
        party: Fields = {"id": store.id, "kind": "STORE", "name": store.name}
        declines = store.type == "PET_HOSPITAL" and store.area.distributor == "D2-WH"
        # Attributes count as a whole: what is left out of a later registration would be gone.
        party["attributes"] = {"tier": "A", "clerkRewards": False} if declines else {"tier": "A"}
        party["openingHours"] = "00:00-24:00" if store.type == "SUPERMARKET" else OPENING_HOURS[store.type]
        return party
