package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// maxFactLen is how much of a value is kept in the audit log, in bytes.
const maxFactLen = 300

const auditColumns = "org_id, id, at, doer_kind, doer_id, action, subject_id, request_id, changes"

// subjectName is what the subject of a line a is called now.
var subjectName = "COALESCE(" + named("location", "name") + ", " + named("staff", "name") + ", " + named("till", "name") + ", " + named("api_key", "name") + ", " +
	named("import_run", "file_name") + ", " + named("customer", "number") +
	", (SELECT u.number FROM card x JOIN customer u ON u.org_id = x.org_id AND u.id = x.customer_id WHERE x.org_id = a.org_id AND x.id = a.subject_id), '')"

// named returns the column of the table's row that is the subject of a line a.
func named(table, column string) string {
	return "(SELECT x." + column + " FROM " + table + " x WHERE x.org_id = a.org_id AND x.id = a.subject_id)"
}

// fact is a part of something that is changed. Of personal data the log keeps that it was
// changed, not what it is.
type fact struct {
	name, value string
	personal    bool
}

// storedChange is the form in which a change is kept as JSON. Its names are part of the
// schema.
type storedChange struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// note adds a line to the audit log. before and after have the same facts in the same
// order; one of them is nil for what was added or has gone. Equal ones are left out.
func (s *Store) note(ctx context.Context, tx *transaction, orgID string, action access.Action, subjectID string, before, after []fact) error {
	return s.noteBy(ctx, tx, orgID, access.DoerOf(ctx), action, subjectID, changes(before, after))
}

func (s *Store) noteBy(ctx context.Context, tx *transaction, orgID string, by access.Doer, action access.Action, subjectID string, list []access.Change) error {
	stored := make([]storedChange, len(list))
	for i, c := range list {
		stored[i] = storedChange(c)
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return fmt.Errorf("write changes for the audit log: %w", err)
	}
	return insert(ctx, tx, "audit", auditColumns, []any{
		orgID, typeid.New("aud"), s.now(), string(by.Kind), by.ID, string(action), subjectID, by.RequestID, string(text),
	})
}

// changes returns what is different.
func changes(before, after []fact) []access.Change {
	var list []access.Change
	for i := range max(len(before), len(after)) {
		b, a := factAt(before, i), factAt(after, i)
		if b.value == a.value {
			continue
		}
		c := access.Change{Field: cmp.Or(a.name, b.name)}
		if !a.personal && !b.personal {
			c.Before, c.After = cutFact(b.value), cutFact(a.value)
		}
		list = append(list, c)
	}
	return list
}

// factAt returns one of the facts, or none of what was not there.
func factAt(facts []fact, i int) fact {
	if i >= len(facts) {
		return fact{}
	}
	return facts[i]
}

func cutFact(s string) string {
	if len(s) <= maxFactLen {
		return s
	}
	end := maxFactLen
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// NoteDeed adds a line about something that changed nothing here, such as an export, with
// the doer of the context.
func (s *Store) NoteDeed(ctx context.Context, orgID string, action access.Action, subjectID string, list []access.Change) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		return s.noteBy(ctx, tx, orgID, access.DoerOf(ctx), action, subjectID, list)
	})
}

// AuditLog returns a page of the organization's audit log, newest first.
func (s *Store) AuditLog(ctx context.Context, orgID string, q access.AuditQuery, p paging.Page) (paging.List[access.Deed], error) {
	at, id, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[access.Deed]{}, err
	}
	f := filter{args: []any{orgID, at, id}}
	and(&f, "a.action = ?", string(q.Action))
	and(&f, "a.doer_id = ?", q.DoerID)
	and(&f, "a.subject_id = ?", q.SubjectID)
	and(&f, "a.at >= ?", q.From)
	and(&f, "a.at < ?", q.To)
	list, err := readAll(ctx, s, orgID, scanDeed, "SELECT "+prefixed("a", auditColumns)+", COALESCE(m.name, k.name, t.name, ''), "+subjectName+" FROM audit a "+
		"LEFT JOIN staff m ON m.org_id = a.org_id AND m.id = a.doer_id LEFT JOIN api_key k ON k.org_id = a.org_id AND k.id = a.doer_id "+
		"LEFT JOIN till t ON t.org_id = a.org_id AND t.id = a.doer_id "+
		"WHERE a.org_id = $1 AND (a.at, a.id) < ($2, $3)"+f.text.String()+" ORDER BY a.at DESC, a.id DESC LIMIT "+f.value(p.Size()+1), f.args...)
	return paging.Cut(p, list, func(d access.Deed) []string { return []string{strconv.FormatInt(d.At, 10), d.ID} }), err
}

func scanDeed(r scanner) (d access.Deed, err error) {
	var text string
	err = r.Scan(&d.OrgID, &d.ID, &d.At, &d.Doer.Kind, &d.Doer.ID, &d.Action, &d.SubjectID, &d.Doer.RequestID, &text, &d.DoerName, &d.SubjectName)
	var stored []storedChange
	if err == nil {
		err = json.Unmarshal([]byte(text), &stored)
	}
	if err != nil {
		return d, fmt.Errorf("read audit log: %w", err)
	}
	for _, c := range stored {
		d.Changes = append(d.Changes, access.Change(c))
	}
	return d, nil
}

// noteAdjustments adds a line for each correction by hand among the new entries. Their
// commands carry no request; the key of each leads to it.
func (b *batch) noteAdjustments(ctx context.Context, s *Store) error {
	for i := range b.entries {
		e := &b.entries[i]
		if e.Kind != loyalty.EntryAdjust {
			continue
		}
		tx, err := b.st.rare(ctx)
		if err != nil {
			return err
		}
		by := access.Doer{Kind: access.DoerSystem}
		switch e.Actor.Kind {
		case loyalty.ActorStaff:
			by = access.Doer{Kind: access.DoerStaff, ID: e.Actor.ID}
		case loyalty.ActorAPIKey:
			by = access.Doer{Kind: access.DoerAPIKey, ID: e.Actor.ID}
		case loyalty.ActorSystem, loyalty.ActorImport:
		}
		err = s.noteBy(ctx, tx, e.OrgID, by, access.CardAdjusted, e.CardID, []access.Change{
			{Field: "quantity", After: strconv.Itoa(e.Quantity)}, {Field: "entry_id", After: e.ID}, {Field: "idempotency_key", After: e.IdempotencyKey},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
