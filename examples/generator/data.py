"""Rows of the example: small CSV files for the tables that semantic models are about.

Seeded and exact: the same rows on every machine and with every Python, because the numbers come from a generator of our own and money is
counted in cents. The rows tell stories that the metrics show: costs rise in winter, the marketplace loses members in January, ...
"""

import datetime

SEED = 20261123
MEMBERS = 240
FIRST_MONTH = (2025, 7)
MONTHS = 15
SEGMENTS = [("Commercial", 52000), ("Medicare Advantage", 21000), ("Medicaid", 38000), ("Marketplace", 44000)]
PLANS = {"Commercial": "HH-PPO1", "Medicare Advantage": "HH-MA02", "Medicaid": "HH-MCD1", "Marketplace": "HH-MKT3"}
STATES = ["ME", "NH", "VT", "MA"]
REASONS = ["billing", "claim status", "benefits", "address change", "order status"]
CHANNELS = ["phone", "chat", "portal", "post"]
DRUG_CLASSES = ["statin", "insulin", "antidepressant", "biologic"]

TYPES = """# Types of columns that a reader of CSV could not tell by the look: money is exact.
[membership.fct_member_months]
member_months = "decimal(5,4)"

[claims.fct_claims]
billed_amount = "decimal(12,2)"
allowed_amount = "decimal(12,2)"
member_cost_share = "decimal(12,2)"
paid_amount = "decimal(12,2)"

[finance.fct_premium_revenue]
premium_revenue = "decimal(14,2)"
subsidy_amount = "decimal(14,2)"
member_months = "decimal(12,2)"

[finance.fct_medical_cost]
claims_paid = "decimal(14,2)"
ibnr_amount = "decimal(14,2)"
drug_cost = "decimal(14,2)"
medical_cost = "decimal(14,2)"

[pharmacy.fct_drug_claims]
ndc = "text"
ingredient_cost = "decimal(10,2)"
plan_paid_amount = "decimal(10,2)"
patient_paid_amount = "decimal(8,2)"
rebate_amount = "decimal(10,2)"

[pharmacy.dim_drug]
ndc = "text"
"""


class Dice:
    """A 64-bit linear congruential generator: the same throws everywhere."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        """Gives a number from 0 to one below the limit."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit

    def one_of(self, choices):
        """Gives one of the choices."""
        return choices[self.below(len(choices))]


def months():
    """Gives the first days of the months."""
    year, month = FIRST_MONTH
    for _ in range(MONTHS):
        yield datetime.date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def money(cents):
    """Writes cents as a decimal number."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def csv(header, rows):
    """Writes rows; a cell that is None is empty, which reads as NULL."""
    lines = [header] + [["" if cell is None else str(cell) for cell in row] for row in rows]
    return "\n".join(",".join(line) for line in lines) + "\n"


def members(dice):
    """Gives members as (id, segment, state, sex, birth year, first month, last month or None)."""
    for number in range(1, MEMBERS + 1):
        segment = SEGMENTS[min(dice.below(5), 3)][0]
        first = dice.below(6) if dice.below(3) == 0 else 0
        left = None
        if dice.below(100) < (30 if segment == "Marketplace" else 12):
            # Most who leave the marketplace do so at the turn of the year.
            left = 5 if segment == "Marketplace" and dice.below(2) == 0 else first + 2 + dice.below(MONTHS - 3)
            left = left if first < left < MONTHS - 1 else None
        yield (f"M{number:06d}", segment, dice.one_of(STATES), dice.one_of("FM"), 1938 + dice.below(84), first, left)


def member_rows(people, calendar):
    """Gives `membership.dim_member`."""
    header = ["member_id", "sex", "birth_date", "state", "current_segment", "first_coverage_date", "last_coverage_date", "is_active"]
    rows = []
    for member, segment, state, sex, born, first, left in people:
        last = None if left is None else end_of(calendar[left])
        rows.append([member, sex, f"{born}-07-01", state, segment, calendar[first], last, "false" if last else "true"])
    return csv(header, rows)


def end_of(first_day):
    """Gives the last day of a month."""
    following = (first_day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    return following - datetime.timedelta(days=1)


def covered(person, calendar):
    """Gives the months in which a person is covered."""
    first, left = person[5], person[6]
    return calendar[first : (MONTHS if left is None else left + 1)]


def month_rows(people, calendar):
    """Gives `membership.fct_member_months`."""
    header = ["member_month_key", "member_id", "month_start", "plan_code", "group_id", "segment", "covered_days", "member_months"]
    rows = []
    for person in people:
        member, segment = person[0], person[1]
        group = f"G{int(member[1:]) % 7:04d}" if segment == "Commercial" else None
        for month in covered(person, calendar):
            days = end_of(month).day
            rows.append([f"{member}-{month:%Y%m}", member, month, PLANS[segment], group, segment, days, "1.0000"])
    return csv(header, rows)


def departure_rows(dice, people, calendar):
    """Gives `membership.fct_disenrollments`."""
    header = ["coverage_span_id", "member_id", "disenrolled_on", "termination_reason", "is_voluntary", "segment", "tenure_months"]
    rows = []
    for member, segment, _, _, _, first, left in people:
        if left is None:
            continue
        voluntary = dice.below(4) > 0
        reason = dice.one_of(["premium too high", "moved away"]) if voluntary else "lost eligibility"
        rows.append([10000 + len(rows), member, end_of(calendar[left]), reason, str(voluntary).lower(), segment, left - first + 1])
    return csv(header, rows)


def claim_tables(dice, people, calendar):
    """Gives `claims.fct_claims`, `claims.fct_claim_lines` and what was paid by month and segment."""
    header = ["claim_id", "member_id", "billing_npi", "segment", "plan_code", "service_from", "received_on", "paid_on", "claim_status",
              "billed_amount", "allowed_amount", "member_cost_share", "paid_amount"]
    line_header = ["claim_line_id", "claim_id", "member_id", "line_number", "segment", "service_from", "setting", "is_denied"]
    rows, lines, paid = [], [], {}
    for person in people:
        member, segment, born = person[0], person[1], person[4]
        for month in covered(person, calendar):
            winter = month.month in (12, 1, 2)
            if dice.below(100) >= 22 + (12 if winter else 0) + (25 if born < 1960 else 0):
                continue
            claim = f"C{len(rows) + 1:08d}"
            served = month + datetime.timedelta(days=dice.below(end_of(month).day))
            received = served + datetime.timedelta(days=1 + dice.below(20))
            billed = (40 + dice.below(900)) * 100 * (6 if dice.below(40) == 0 else 1) + dice.below(100)
            status = "denied" if dice.below(12) == 0 else "pending" if month == calendar[-1] and dice.below(3) == 0 else "paid"
            allowed = 0 if status == "denied" else billed * (55 + dice.below(30)) // 100
            share = min(allowed, 2500 + allowed * dice.below(20) // 100)
            amount = allowed - share if status == "paid" else 0
            paid_on = received + datetime.timedelta(days=10 + dice.below(15)) if status == "paid" else None
            rows.append([claim, member, f"14{dice.below(40):08d}", segment, PLANS[segment], served, received, paid_on, status, money(billed),
                         money(allowed), money(share), money(amount)])
            paid[month, segment] = paid.get((month, segment), 0) + amount
            setting = "inpatient" if billed > 200000 else dice.one_of(["office", "outpatient", "telehealth"])
            for number in range(1, 2 + dice.below(3)):
                denied = status == "denied" or dice.below(15) == 0
                lines.append([f"{claim}-{number}", claim, member, number, segment, served, setting, str(denied).lower()])
    return csv(header, rows), csv(line_header, lines), paid


def drug_tables(dice, people, calendar):
    """Gives `pharmacy.fct_drug_claims`, `pharmacy.dim_drug` and the cost by month and segment."""
    drugs = [(f"{90000000000 + 137 * number:011d}", f"Drug {chr(65 + number)}", DRUG_CLASSES[number % 4]) for number in range(12)]
    header = ["drug_claim_id", "member_id", "segment", "ndc", "filled_on", "days_supply", "claim_status", "ingredient_cost", "plan_paid_amount",
              "patient_paid_amount", "rebate_amount"]
    rows, cost = [], {}
    for person in people:
        member, segment, born = person[0], person[1], person[4]
        drug = dice.one_of(drugs)
        for month in covered(person, calendar):
            if dice.below(100) >= (55 if born < 1965 else 18):
                continue
            price = (180000 if drug[2] == "biologic" else 1200) + dice.below(9000)
            patient = min(price, 1000 + dice.below(3000))
            status = "reversed" if dice.below(25) == 0 else "paid"
            rebate = price // 5 if drug[2] == "biologic" and status == "paid" else 0
            plan = price - patient if status == "paid" else 0
            filled = month + datetime.timedelta(days=dice.below(28))
            rows.append([500000 + len(rows), member, segment, drug[0], filled, dice.one_of([30, 30, 90]), status, money(price), money(plan),
                         money(patient if status == "paid" else 0), money(rebate)])
            cost[month, segment] = cost.get((month, segment), 0) + plan - rebate
    return csv(header, rows), csv(["ndc", "drug_name", "therapeutic_class"], drugs), cost


def finance_tables(dice, people, calendar, paid, drugs):
    """Gives `finance.fct_premium_revenue` and `finance.fct_medical_cost`."""
    premium = dict(SEGMENTS)
    revenue, cost = [], []
    for month in calendar:
        for segment, _ in SEGMENTS:
            lives = sum(1 for person in people if person[1] == segment and month in covered(person, calendar))
            accounts = [f"A{number:03d}" for number in range(1, 8)] if segment == "Commercial" else [f"A9{len(segment):02d}"]
            for place, account in enumerate(accounts):
                share = lives // len(accounts) + (1 if place < lives % len(accounts) else 0)
                earned = share * (premium[segment] + dice.below(900))
                subsidy = earned // 3 if segment == "Marketplace" else 0
                revenue.append([month, account, segment, money(earned), money(subsidy), f"{share}.00"])
            claims, rx = paid.get((month, segment), 0), drugs.get((month, segment), 0)
            reserve = claims // 12
            cost.append([month, segment, money(claims), money(reserve), money(rx), money(claims + reserve + rx)])
    header = ["coverage_month", "customer_id", "segment", "premium_revenue", "subsidy_amount", "member_months"]
    return csv(header, revenue), csv(["incurred_month", "segment", "claims_paid", "ibnr_amount", "drug_cost", "medical_cost"], cost)


def service_tables(dice, people, calendar):
    """Gives `service.customers` and `service.contacts`. Not every caller is a member."""
    callers = [[number, "member", person[0], "true"] for number, person in enumerate(people, 1) if dice.below(3) > 0]
    callers += [[1000 + number, dice.one_of(["provider", "employer", "unknown"]), None, "false"] for number in range(40)]
    contacts = []
    for caller in callers:
        for month in calendar:
            if dice.below(100) >= (16 if month.month == 1 else 9):
                continue
            start = datetime.datetime.combine(month, datetime.time()) + datetime.timedelta(minutes=dice.below(27 * 1440))
            abandoned = dice.below(14) == 0
            wait = 5 + dice.below(600)
            contacts.append([f"K{len(contacts) + 1:07d}", caller[0], dice.one_of(CHANNELS), dice.one_of(REASONS), start.isoformat(sep=" "), wait,
                             None if abandoned else 60 + dice.below(1200), str(abandoned).lower(), str(not abandoned and dice.below(4) > 0).lower()])
    header = ["contact_id", "caller_id", "channel", "reason", "started_at", "wait_seconds", "handle_seconds", "is_abandoned",
              "is_first_contact_resolution"]
    return csv(["caller_id", "caller_type", "member_id", "is_authenticated"], callers), csv(header, contacts)


def files():
    """Gives every file of rows as path -> text."""
    dice, calendar = Dice(SEED), list(months())
    people = list(members(dice))
    departures = departure_rows(dice, people, calendar)
    claims, lines, paid = claim_tables(dice, people, calendar)
    drug_claims, drug_names, drug_cost = drug_tables(dice, people, calendar)
    revenue, cost = finance_tables(dice, people, calendar, paid, drug_cost)
    callers, contacts = service_tables(dice, people, calendar)
    return {
        "data/columns.toml": TYPES,
        "data/membership/dim_member.csv": member_rows(people, calendar),
        "data/membership/fct_member_months.csv": month_rows(people, calendar),
        "data/membership/fct_disenrollments.csv": departures,
        "data/claims/fct_claims.csv": claims,
        "data/claims/fct_claim_lines.csv": lines,
        "data/finance/fct_premium_revenue.csv": revenue,
        "data/finance/fct_medical_cost.csv": cost,
        "data/pharmacy/fct_drug_claims.csv": drug_claims,
        "data/pharmacy/dim_drug.csv": drug_names,
        "data/service/customers.csv": callers,
        "data/service/contacts.csv": contacts,
    }
