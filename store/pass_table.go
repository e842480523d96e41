package store

import (
	"context"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// What a pass p shows is of its card c, program g and organization o: passProgramVersion
// rises with the program's rules and its design, passOrgVersion with the brand and the
// coordinates of branches. passOutdated finds passes that were not told of the present.
const (
	passProgramVersion = "g.version + g.design_version - 1"
	passOrgVersion     = "o.version + o.places_version"
	// passProgramsVersion is of all programs of the organization o.
	passProgramsVersion = "(SELECT COALESCE(CAST(SUM(" + passProgramVersion + ") AS BIGINT), 0) FROM program g WHERE g.org_id = o.org_id)"

	cardsProgram = "JOIN program g ON g.org_id = c.org_id AND g.id = c.program_id "
	passSources  = "FROM card c " + cardsProgram + "JOIN organization o ON o.org_id = c.org_id "
	passJoins    = "JOIN card c ON c.org_id = p.org_id AND c.id = p.card_id " + cardsProgram + "JOIN organization o ON o.org_id = c.org_id "
	passOutdated = "(c.version > p.card_version OR " + passProgramVersion + " > p.program_version OR " + passOrgVersion + " > p.org_version)"
)

// passTable is a table with the passes of one wallet: org_id and key name a pass, and
// card_version, program_version and org_version say what it was told of.
type passTable struct{ name, key string }

var (
	applePasses   = passTable{name: "pass", key: "serial"}
	googlePasses  = passTable{name: "google_pass", key: "serial"}
	samsungPasses = passTable{name: "samsung_pass", key: "ref"}
)

// cardVersion is that of the card of a row, as it is now.
func (t passTable) cardVersion() string {
	return "(SELECT c.version FROM card c WHERE c.org_id = " + t.name + ".org_id AND c.id = " + t.name + ".card_id)"
}

// setPresent sets for a row that it was told of the present.
func (t passTable) setPresent() string {
	return "card_version = " + t.cardVersion() + ", " +
		"program_version = (SELECT " + passProgramVersion + " FROM card c " + cardsProgram +
		"WHERE c.org_id = " + t.name + ".org_id AND c.id = " + t.name + ".card_id), " +
		"org_version = (SELECT " + passOrgVersion + " FROM organization o WHERE o.org_id = " + t.name + ".org_id)"
}

// outdated finds rows that were not told of the present. Whoever changes rows asks it
// again under a lock: another server may have been faster.
func (t passTable) outdated() string {
	return "EXISTS (SELECT 1 FROM " + t.name + " p " + passJoins + "WHERE p.org_id = " + t.name + ".org_id AND p." + t.key + " = " + t.name + "." + t.key +
		" AND " + passOutdated + ")"
}

// PassLooks returns a number that rises whenever something changes that many passes of the
// organization show: the brand, the places of branches, rules or a design. It returns
// loyalty.ErrNotFound if there is no such organization.
func (s *Store) PassLooks(ctx context.Context, orgID string) (int64, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64], "SELECT "+passOrgVersion+" + "+passProgramsVersion+
		" FROM organization o WHERE o.org_id = $1", orgID)
}

// behind returns up to customer.MaxPassBatch passes p for which the condition holds; since
// is its $2, args begin at $4, and an order may follow. It asks apart from the change, so
// that nothing is locked when there is nothing to do.
func (s *Store) behind(ctx context.Context, t passTable, orgID, condition, since string, args ...any) ([]string, error) {
	return readAll(ctx, s, orgID, scan1[string], "SELECT p."+t.key+" FROM "+t.name+" p "+passJoins+
		"WHERE p.org_id = $1 AND "+condition+" LIMIT $3", append([]any{orgID, since, customer.MaxPassBatch}, args...)...)
}

// cardChanged is the condition for behind that an event tells of a change of the card
// which the pass was not told of. The first event, as firstEvent returns it, is $2.
func (s *Store) cardChanged() string {
	return "p.card_id IN (SELECT s.value FROM event e CROSS JOIN " + s.dialect.partsOf("e.subject") +
		" WHERE e.org_id = $1 AND e.id >= $2 AND e.kind = '" + EventCardsChanged + "') AND c.version > p.card_version"
}

// anyDue reports whether a wallet is to be told of passes by the instant. A condition
// narrows it, " AND …" with args from $3 on.
func (s *Store) anyDue(ctx context.Context, t passTable, orgID string, now int64, condition string, args ...any) (bool, error) {
	n, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64], "SELECT COUNT(*) FROM (SELECT 1 FROM "+t.name+
		" WHERE org_id = $1 AND due_at <> 0 AND due_at <= $2"+condition+" LIMIT 1) AS x", append([]any{orgID, now}, args...)...)
	return n > 0, err
}
