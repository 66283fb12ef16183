"""Who is behind a pseudonym: one person at a time, with a reason, on the record (invariant 09).

The vault is a file of its own under a key of its own. It is read through for one person and
nothing else of it is kept; that it is opened is on the record before it is.
"""

from typing import Final
from urllib.parse import quote

from config.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    RegisterError,
    SettingsError,
)
from lists.vault import SealedPerson, find_in_vault
from review import audit, eligible, queue
from review.actors import Actor, need
from review.cases import events, known, leads_of, state_of, subjects
from review.desk import Desk
from review.states import STAGES

REASON_MIN: Final = 10

__all__ = ["SealedPerson", "open_identity"]


def open_identity(
    desk: Desk, actor: Actor, case_ref: str, subject_ref: str, reason: str
) -> SealedPerson:
    """Open the vault for one pseudonym of this case.

    For a reviewer who holds the case, and a lead once it is settled; never for one's own unit.
    Raises NotAllowedError, InvalidInputError without a reason or for a pseudonym that is not the
    case's, NotFoundError where the vault does not know it, SettingsError where there is no vault.
    """
    need(actor, "reviewer", "lead")
    folder, key = desk.settings.vault_dir, desk.settings.review_key_file
    if folder is None or key is None:
        raise SettingsError(
            "review.vault_dir and review.review_key_file are not both set: there is no vault."
        )
    if len(reason.strip()) < REASON_MIN:
        raise InvalidInputError(f"say why, in at least {REASON_MIN} characters.")
    with desk.store.write() as session:
        case = known(session, case_ref)
        if eligible.own_unit(session, actor, case):
            raise NotAllowedError("this case is about your own unit.")
        if state_of(case) in STAGES:
            need(actor, "reviewer")
            queue.held_seat(session, actor, case)
        else:
            need(actor, "lead")
        cipher = desk.cipher(session, case)
        found = events(session, case, cipher)
        allowed = {lead.subject_ref for lead in leads_of(found)}
        allowed |= set(subjects(session, case, cipher, found))
        if subject_ref not in allowed:
            raise InvalidInputError("that pseudonym is not of this case.")
        audit.append(
            session,
            desk,
            actor.id,
            "vault_opened",
            case=case,
            cipher=cipher,
            body={"subject_ref": subject_ref, "reason": reason},
        )
        election = case.election_id
    try:
        person = find_in_vault(folder / f"{quote(election, safe='')}.vault", key, subject_ref)
    except RegisterError as error:
        raise SettingsError(f"review.vault_dir: {error}") from None
    if person is None:
        raise NotFoundError("the vault does not know this pseudonym; a newer one may.")
    return person
