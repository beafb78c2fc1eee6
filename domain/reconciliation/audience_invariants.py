"""What must be true of audiences at every commit."""

from domain.reconciliation.invariant import Invariant

AUDIENCE_INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "audience.counts_its_pieces",
        "an audience counts as many members as its pieces",
        """SELECT a.code, a.members, coalesce(sum(p.members), 0) AS in_pieces FROM audience a
           LEFT JOIN audience_piece p ON p.code = a.code
           GROUP BY a.code HAVING a.members <> coalesce(sum(p.members), 0)""",
    ),
    Invariant(
        "audience.live_is_known",
        "every audience that is live is of its live version, and is worked out or waits for it",
        """SELECT c.code, c.id, a.version_id FROM configuration c LEFT JOIN audience a ON a.code = c.code
           WHERE c.kind = 'audiences' AND c.state = 'live'
             AND (a.version_id IS DISTINCT FROM c.id OR (a.as_of IS NULL AND a.due_at IS NULL))""",
    ),
    Invariant(
        "audience.files_have_cardholders",
        "nobody stands in the file of an audience who has no number, or was erased",
        """SELECT m.code, m.customer_id FROM audience_member m JOIN customer c ON c.id = m.customer_id
           WHERE c.customer_no IS NULL OR c.erased_at IS NOT NULL""",
    ),
    Invariant(
        "audience.snapshot_counts_its_pieces",
        "a frozen audience counts as many members as its pieces",
        """SELECT s.id, s.members, coalesce(sum(p.members), 0) AS in_pieces FROM audience_snapshot s
           LEFT JOIN audience_snapshot_piece p ON p.snapshot_id = s.id
           GROUP BY s.id HAVING s.members <> coalesce(sum(p.members), 0)""",
    ),
)
