"""Every key of the three tables, and nothing else knows them.

State (losing it means a rebuild)
  ROUTE#<connection>                  / CONNECTION          connection by URL (globally unique); HEARD
  ROUTE#<crm>#<external id>           / CONNECTION          connection by portal or organization
  ROUTE#<crm>                         / APP                 the shared URL's app secret
  TENANTS                             / TENANT#<t>          tenants; COUNTER#tenant
  TENANT#<t>                          / PERSON#<number>     participants; PERSONID#<import id> -> number;
                                        IDENTITY#<crm>#<user> -> number; MERGED#<number> -> number;
                                        ERASED#<hash>; CONNECTION#<id>; PROGRAM#<id>#<version, 6 digits>;
                                        PROGRAMSTATE#<id>; DRAFT#<program>; CHANGE#<program>#<revision>; ANNOUNCED#<program>#...;
                                        ITEM#<id>; PROVIDER#<name>; BUCKET#<name>; RATE#<source>#<target>;
                                        LEFT#<item>#<value>: there may be a code of our own to take;
                                        BUDGET#<program>; PROGRAMSHARE#<share>; CAP#<node>; CLOSE#<program>#<milestone>#<period>;
                                        QUOTA#<period>#<kpi>#<subject>; REJUDGED#<id>#<version>; COUNTER#<name>;
                                        EXPIRYROUND; SUPPRESSED#<channel>#<address hash>; ADDRESS#<address hash>#<number>;
                                        LEDBY#<hash of a manager's name>#<number>
  RECORD#<t>#<connection>#<type>#<id> / RECORD              GSI tenant: <t>#<type>#<shard> / connection#id
  PERSON#<t>#<number>                 / WALLET, STANDING#<period>   GSI board: <t>#<period or WALLET>#<shard> / number
                                        AWARDPARKED#<award key>     what waits for budget; GSI tenant: <t>#AWARDPARKED#<program>
                                        LOT#<award key>             points on hold; GSI tenant: <t>#LOT / when to look again
                                        APPROVAL#<award key>        waits for a person; GSI tenant: <t>#APPROVAL / since
                                        REDEMPTION#<id>             GSI tenant: <t>#REDEMPTION#<state> / when to look#id
                                        EXPIRY                      how the wallet was looked at for what expires
                                        DISPUTE#<id>                a complaint; GSI tenant: <t>#DISPUTE#<state> / moved#id
                                        FACT#<day>#<record>         what a record adds to folded KPIs, in event order
  STOCK#<t>#<item>                    / PEPPER              what the names of codes are made with, encrypted
                                        CODE#<code id>        a code that was ever here (never deleted: no code comes twice)
                                        FREE#<value>#<code id>      a code to be taken, encrypted
                                        TAKEN#<redemption>    the code that a redemption took
  LATE#<t>                            / <period>#<number>   standings that moved after their period was judged
  SALES#<t>#<connection>#<account>    / HEAD, <close date>#<deal>   what an account bought, if rules ask for it
  RESALE#<t>                          / <connection>#deal#<id>, <connection>#account#<id>   deals to decide once more
  RFM#<t>#<connection>                / PROGRESS, <day>#<part>   scoring accounts: how far it is, and what they bought
  COMPARED#<t>                        / <provider>          how far its orders are compared with redemptions
  COMPARED#<t>#<provider>             / <round>#<page>      the keys of orders that were found right
  CORRECTED#<t>                       / <name of staff>     what they corrected alone in the newest days
  SCREEN#<hash of the address>        / SCREEN              a television's board; TENANT#<t> / SCREEN#<id> beside it
  SIGNED#<t>                          / <at>#<award key>    who approved, refused or nominated, and why
  WAITING#<t>#<crm>#<user>            / <record key>        GSI tenant: <t>#WAITING
  CURSOR#<connection>                 / <object>#<kind>
  SESSION#<hash of the browser's id>  / SESSION             who has signed in; SESSIONSOF#<t>#<name> / <hash>
  CHALLENGE#<id>                      / CHALLENGE           a one-time code that was asked for, never the code
  LIMIT#<name>                        / <stretch of time>   how often something was done in it
  APIKEY#<id>                         / APIKEY              a key's hash and scopes; TENANT#<t> / APIKEY#<id> lists it
  ANSWER#<hash>                       / ANSWER              what a call of the API with that key was answered, for a day
  ACTIONS#<t>                         / <at>#<hash>         what staff did, put once
  PARKED#<t>                          / <at>#<id>           notifications and cases that wait for a person
  PARKEDID#<t>#<id>                   / PARKED              -> at
Ledger (losing it means a lawsuit; PutItem only)
  WALLET#<t>#<number>                 / ENTRY#<id>          LSI seq; GSI month: <t>#<yyyy-mm>#<shard> / at#id
Deliveries (losing it means a resend)
  DELIVERY#<id>                       / DELIVERY            GSI due: DUE#<shard> / due_at; GSI person: <t>#<number> / created_at;
                                        day: <t>#<day>#<shard> / created_at
                                        parked: GSI due: PARKED#<t> / since
  REF#<channel>#<reference>           / REF                 -> delivery id
  PARKED#receipts                     / <at>#<channel>#<reference>   receipts for messages that we do not know
"""

from zlib import crc32

EXPIRY_ROUND = "EXPIRYROUND"
"""Sort key of how far a tenant's newest round of expiry has come."""

SHARDS = 4
"""How many index partitions an otherwise hot key is spread over."""


def shard(text: str) -> int:
    """A stable shard of a key."""
    return crc32(text.encode()) % SHARDS


def route(connection: str) -> str:
    return f"ROUTE#{connection}"


def route_external(crm: str, external_id: str) -> str:
    return f"ROUTE#{crm}#{external_id}"


def tenant(tenant_id: str) -> str:
    return f"TENANT#{tenant_id}"


def person(tenant_id: str, number: str) -> str:
    return f"PERSON#{tenant_id}#{number}"


def record(tenant_id: str, connection: str, type_: str, id_: str) -> str:
    return f"RECORD#{tenant_id}#{connection}#{type_}#{id_}"


def ledger(tenant_id: str, number: str) -> str:
    return f"WALLET#{tenant_id}#{number}"


def waiting(tenant_id: str, crm: str, user: str) -> str:
    return f"WAITING#{tenant_id}#{crm}#{user}"


def cursor(connection: str) -> str:
    return f"CURSOR#{connection}"


def parked(tenant_id: str) -> str:
    return f"PARKED#{tenant_id}"


def parked_id(tenant_id: str, id_: str) -> str:
    return f"PARKEDID#{tenant_id}#{id_}"


def delivery(id_: str) -> str:
    return f"DELIVERY#{id_}"


def reference(channel: str, ref: str) -> str:
    return f"REF#{channel}#{ref}"


def program(id_: str, version: int) -> str:
    return f"PROGRAM#{id_}#{version:06d}"


def program_state(id_: str) -> str:
    """Begins like a program's versions, so that one query reads both; no version's key begins so."""
    return f"PROGRAMSTATE#{id_}"


def draft(id_: str) -> str:
    """A program's document while it is written; empty: what all of them begin with."""
    return f"DRAFT#{id_}"


def program_change(id_: str, revision: int) -> str:
    return f"CHANGE#{id_}#{revision:06d}"


def announced(turn: str) -> str:
    return f"ANNOUNCED#{turn}"


def board(tenant_id: str, period: str, number: str) -> str:
    """Partition of the board index: everybody's standing of one period, or everybody's wallet (`WALLET`)."""
    return f"{tenant_id}#{period}#{shard(number)}"


def parked_awards(tenant_id: str, program_id: str) -> str:
    """Partition of the tenant index: awards of one program that wait for budget."""
    return f"{tenant_id}#AWARDPARKED#{program_id}"


def due_lots(tenant_id: str) -> str:
    """Partition of the tenant index: awards with points on hold, by the instant to look again."""
    return f"{tenant_id}#LOT"


def late(tenant_id: str) -> str:
    """Partition of what moved after its period was judged: `period#participant`."""
    return f"LATE#{tenant_id}"


def close(program_id: str, milestone: str, period: str) -> str:
    """Sort key of a milestone judged over a period, beside the tenant's programs; empty arguments: the prefix of all."""
    return f"CLOSE#{program_id}#{milestone}#{period}" if program_id else "CLOSE#"


def approvals(tenant_id: str) -> str:
    """Partition of the tenant index: awards that wait for a person, oldest first."""
    return f"{tenant_id}#APPROVAL"


def sales(tenant_id: str, connection: str, account: str) -> str:
    """Partition of an account's sales: HEAD, and `<close date>#<deal>`."""
    return f"SALES#{tenant_id}#{connection}#{account}"


def resale(tenant_id: str) -> str:
    """Partition of deals to be decided once more, for their account's sales moved: `<connection>#<type>#<id>`."""
    return f"RESALE#{tenant_id}"


def rfm(tenant_id: str, connection: str) -> str:
    """Partition of what accounts bought by a day, in parts: `<day>#<part>`."""
    return f"RFM#{tenant_id}#{connection}"


def compared(tenant_id: str, provider: str = "") -> str:
    """Partition of how far providers' orders are compared with redemptions, or of what was found right of one's."""
    return f"COMPARED#{tenant_id}#{provider}" if provider else f"COMPARED#{tenant_id}"


def corrected(tenant_id: str) -> str:
    """Partition of what the staff corrected alone."""
    return f"CORRECTED#{tenant_id}"


def signed(tenant_id: str) -> str:
    """Partition of what people signed: `<at>#<award key or nomination>`."""
    return f"SIGNED#{tenant_id}"


def quota(tenant_id: str, subject: str, kpi: str, period: str) -> tuple[str, str]:
    """Where a subject's quota for a KPI in a period lies; its `target` is an exact fraction as text."""
    return tenant(tenant_id), f"QUOTA#{period}#{kpi}#{subject}"


def fact(day: str, record: str = "") -> str:
    """Sort key of what a record adds to folded KPIs on a day (ISO); without a record the place before all of that day."""
    return f"FACT#{day}#{record}" if record else f"FACT#{day}"


def redemptions(tenant_id: str, state: str) -> str:
    """Partition of the tenant index: redemptions in a state, by when to look at them or when they last moved."""
    return f"{tenant_id}#REDEMPTION#{state}"


def disputes(tenant_id: str, state: str) -> str:
    """Partition of the tenant index: disputes in a state, by when they last moved."""
    return f"{tenant_id}#DISPUTE#{state}"


def stock(tenant_id: str, item: str) -> str:
    """Partition of an item's own codes."""
    return f"STOCK#{tenant_id}#{item}"


def left(item: str = "", value: int | None = None) -> str:
    """Sort key (beside the tenant's items) of the mark that there may be a code of a face value, or what such keys begin with."""
    if not item:
        return "LEFT#"
    return f"LEFT#{item}#" if value is None else f"LEFT#{item}#{value:015d}"


def waiting_users(tenant_id: str) -> str:
    """Partition of the tenant index: records whose owner is nobody we know."""
    return f"{tenant_id}#WAITING"


def session(hash_: str) -> str:
    """Partition of a session, by the hash of the id that the browser keeps."""
    return f"SESSION#{hash_}"


def sessions_of(tenant_id: str, name: str) -> str:
    """Partition of the hashes of somebody's sessions."""
    return f"SESSIONSOF#{tenant_id}#{name}"


def challenge(id_: str) -> str:
    return f"CHALLENGE#{id_}"


def limit(name: str) -> str:
    return f"LIMIT#{name}"


def api_key(id_: str) -> str:
    """Partition of a key, and its place in the tenant's list; empty: what all of them begin with."""
    return f"APIKEY#{id_}"


def answer(hash_: str) -> str:
    """Partition of an answer, by the hash of who asked what with which key."""
    return f"ANSWER#{hash_}"


def actions(tenant_id: str) -> str:
    """Partition of what staff did."""
    return f"ACTIONS#{tenant_id}"


def month(tenant_id: str, month: str, shard_number: int) -> str:
    """Partition of the ledger's month index: a tenant's entries posted in `yyyy-mm` (UTC)."""
    return f"{tenant_id}#{month}#{shard_number}"


def screen(hashed: str) -> str:
    """Where a television's board lies, by the hash of its address."""
    return f"SCREEN#{hashed}"
