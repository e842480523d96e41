package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// pgStatement is one of the statements of a batch, prepared once on each connection.
type pgStatement int

const (
	pgBegin pgStatement = iota
	pgName
	pgRead
	pgLock
	pgPrograms
	pgKeys
	pgCoupons
	pgEntries
	pgEvents
	pgCards
	pgCardsAsRead
	pgClosed
	pgCommitter
	pgCommit
	pgStatements
)

// pgQueries are their texts. Lists come as arrays: narrow rows as one array for each column,
// wide ones as one array of records, which costs PostgreSQL a third of what as many arrays do.
var pgQueries = [pgStatements]string{
	pgBegin: "BEGIN",
	pgName:  postgresDialect.setOrganizations,
	pgRead:  cardsByKey,
	pgLock:  cardsByKey + " ORDER BY c.org_id, c.id FOR UPDATE OF c",
	// All programs of the organizations, of which there are few: looking one up for each card
	// costs more.
	pgPrograms: "SELECT org_id, id, version FROM program WHERE org_id = ANY (string_to_array($1, ','))",
	pgKeys: "SELECT " + prefixed("e", keptEntryColumns) + " FROM unnest($1::text[], $2::text[]) AS k (org_id, key) " +
		"JOIN entry e ON e.org_id = k.org_id AND e.idempotency_key = k.key WHERE e.idempotency_key <> ''",
	pgCoupons:     insertRecords("coupon", couponColumns, "coupon_row"),
	pgEntries:     insertRecords("entry", keptEntryColumns, "entry_row"),
	pgEvents:      insertArrays("event", eventColumns, "created_at"),
	pgCards:       updateArrays("card", ledgerCardChanges, "version balance goal round milestone lifetime last_stamp_at day day_stamps welcomed_at"),
	pgCardsAsRead: updateAsRead("card", ledgerCardCounters, "card_change"),
	pgClosed:      updateArrays("coupon", "status, closed_at, closed_by", "closed_at"),
	pgCommitter:   committerUpsert,
	pgCommit:      "COMMIT",
}

// cardsByKey reads cards with the place of each, where an update finds it without an index.
var cardsByKey = "SELECT " + prefixed("c", ledgerCardColumns) + ", c.ctid FROM unnest($1::text[], $2::text[]) AS k (org_id, id) " +
	"JOIN card c ON c.org_id = k.org_id AND c.id = k.id"

// updateAsRead returns a statement that sets numbers of rows, given by records of their
// places, ids and versions as they were read and the new numbers, and by the count of the
// records. If it does not find as many rows it fails by dividing by zero, and what was sent
// after it, the COMMIT with it, is not carried out.
func updateAsRead(table, columns, record string) string {
	names := strings.Split(columns, ", ")
	for i, name := range names {
		names[i] = name + " = v." + name
	}
	return "WITH found AS (UPDATE " + table + " SET " + strings.Join(names, ", ") + " FROM unnest($1::" + record + "[]) AS v " +
		"WHERE " + table + ".ctid = v.place AND " + table + ".id = v.id AND " + table + ".version = v.was RETURNING 1) " +
		"SELECT 1 / CASE count(*) WHEN $2::bigint THEN 1 ELSE 0 END FROM found"
}

// insertRecords returns a statement that inserts rows, given as records of their columns.
func insertRecords(table, columns, record string) string {
	return "INSERT INTO " + table + " (" + columns + ") SELECT " + columns + " FROM unnest($1::" + record + "[])"
}

// pgRecords are the types of records, which migration 69 makes. A statement that takes
// records takes the array of them first.
var pgRecords = map[pgStatement]string{pgCoupons: "coupon_row", pgEntries: "entry_row", pgCardsAsRead: "card_change"}

// insertArrays returns a statement that inserts rows, given one array for each column;
// numbers names the columns that are not texts.
func insertArrays(table, columns, numbers string) string {
	names := strings.Split(columns, ", ")
	arrays := make([]string, len(names))
	for i, name := range names {
		arrays[i] = arrayOf(i+1, name, numbers)
	}
	return "INSERT INTO " + table + " (" + columns + ") SELECT " + columns + " FROM unnest(" + strings.Join(arrays, ", ") + ") AS v (" + columns + ")"
}

// updateArrays returns a statement that sets columns of the rows that the first two
// arrays, of organizations and ids, name.
func updateArrays(table, columns, numbers string) string {
	names := append([]string{"org_id", "id"}, strings.Split(columns, ", ")...)
	arrays, sets := make([]string, len(names)), make([]string, len(names))
	for i, name := range names {
		arrays[i], sets[i] = arrayOf(i+1, name, numbers), name+" = v."+name
	}
	return "UPDATE " + table + " SET " + strings.Join(sets[2:], ", ") + " FROM unnest(" + strings.Join(arrays, ", ") +
		") AS v (" + strings.Join(names, ", ") + ") WHERE " + table + ".org_id = v.org_id AND " + table + ".id = v.id"
}

func arrayOf(n int, name, numbers string) string {
	if strings.Contains(" "+numbers+" ", " "+name+" ") {
		return fmt.Sprintf("$%d::bigint[]", n)
	}
	return fmt.Sprintf("$%d::text[]", n)
}

// pgPrepared are the statements as a connection has prepared them, and the types of the records
// that they take.
type pgPrepared struct {
	statements [pgStatements]*pgconn.StatementDescription
	records    [pgStatements]uint32
}

// preparedOn returns the connection's prepared statements, which it keeps for its life.
func preparedOn(ctx context.Context, pg *pgconn.PgConn) (*pgPrepared, error) {
	const name = "leima ledger"
	if p, ok := pg.CustomData()[name].(*pgPrepared); ok {
		return p, nil
	}
	p := &pgPrepared{}
	for i, query := range pgQueries {
		var err error
		if p.statements[i], err = pg.Prepare(ctx, fmt.Sprintf("leima_%d", i), query, nil); err != nil {
			return nil, fmt.Errorf("prepare %.40q: %w", query, err)
		}
	}
	for statement, record := range pgRecords {
		var err error
		if p.records[statement], err = pgTypeOf(ctx, pg, record); err != nil {
			return nil, fmt.Errorf("find the type %s: %w", record, err)
		}
	}
	pg.CustomData()[name] = p
	return p, nil
}

// pgTypeOf returns the number that the database gave to a type.
func pgTypeOf(ctx context.Context, pg *pgconn.PgConn, name string) (uint32, error) {
	r := pg.ExecParams(ctx, "SELECT $1::regtype::oid", [][]byte{[]byte(name)}, nil, nil, pgBinary).Read()
	if r.Err != nil {
		return 0, r.Err
	}
	return binary.BigEndian.Uint32(r.Rows[0][0]), nil
}

// send adds the call to the pipeline.
func (x *pgPrepared) send(p *pgconn.Pipeline, call *pgCall) {
	if oid := x.records[call.statement]; oid != 0 {
		const elementType = 8 // of appendArrayHead
		binary.BigEndian.PutUint32(call.values[0][elementType:], oid)
	}
	p.SendQueryStatement(x.statements[call.statement], call.values, pgBinary, pgBinary)
}

// pgBinary says that all values of a statement go, or come, in binary form.
var pgBinary = []int16{pgtype.BinaryFormatCode}

// pgCall is one statement with its values, and what becomes of its answer.
type pgCall struct {
	statement pgStatement
	values    [][]byte
	row       func(pgRow) // nil if it returns none
	changed   int64
}

func newCall(s pgStatement) *pgCall { return &pgCall{statement: s} }

func (c *pgCall) text(v string) *pgCall {
	c.values = append(c.values, []byte(v))
	return c
}

func (c *pgCall) int(v int64) *pgCall {
	c.values = append(c.values, binary.BigEndian.AppendUint64(nil, uint64(v))) //nolint:gosec // two's complement is what is sent
	return c
}

// keys adds two arrays, of organizations and ids.
func (c *pgCall) keys(list []rowKey) *pgCall {
	return c.texts(len(list), func(i int) string { return list[i].orgID }).
		texts(len(list), func(i int) string { return list[i].id })
}

// texts adds an array of n texts.
func (c *pgCall) texts(n int, at func(int) string) *pgCall {
	const typical = 34 // a TypeID and its length
	b := appendArrayHead(make([]byte, 0, arrayHead+n*typical), n, pgtype.TextOID)
	for i := range n {
		v := at(i)
		b = binary.BigEndian.AppendUint32(b, uint32(len(v))) //nolint:gosec // bodies of requests are bounded
		b = append(b, v...)
	}
	c.values = append(c.values, b)
	return c
}

// records adds an array of n records. Its type is set when it is sent.
func (c *pgCall) records(n int, row func(i int, r *pgRecord)) *pgCall {
	const typical = 600 // an entry
	r := &pgRecord{bytes: appendArrayHead(make([]byte, 0, arrayHead+n*typical), n, 0)}
	for i := range n {
		at := len(r.bytes)
		r.bytes, r.fields = append(r.bytes, make([]byte, recordHead)...), 0
		row(i, r)
		binary.BigEndian.PutUint32(r.bytes[at:], uint32(len(r.bytes)-at-4)) //nolint:gosec // bodies of requests are bounded
		binary.BigEndian.PutUint32(r.bytes[at+4:], r.fields)
	}
	c.values = append(c.values, r.bytes)
	return c
}

// ints adds an array of n numbers.
func (c *pgCall) ints(n int, at func(int) int64) *pgCall {
	const size = 8
	b := appendArrayHead(make([]byte, 0, arrayHead+n*(4+size)), n, pgtype.Int8OID)
	for i := range n {
		b = binary.BigEndian.AppendUint32(b, size)
		b = binary.BigEndian.AppendUint64(b, uint64(at(i))) //nolint:gosec // two's complement is what is sent
	}
	c.values = append(c.values, b)
	return c
}

// arrayHead is how long the head of an array of one dimension is.
const arrayHead = 5 * 4

// appendArrayHead begins an array in the binary form that PostgreSQL's array_recv reads:
// the number of dimensions, whether there are NULLs, the type of the elements, and for
// each dimension its size and first index. The elements follow, each after its length.
func appendArrayHead(b []byte, n int, oid uint32) []byte {
	for _, v := range []uint32{1, 0, oid, uint32(n), 1} { //nolint:gosec // at most a few thousand
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// pgRecord writes records in the binary form that PostgreSQL's record_recv reads: the number
// of fields, and for each its type, its length and its value.
type pgRecord struct {
	bytes  []byte
	fields uint32
}

// recordHead is the length of a record in an array and the number of its fields.
const recordHead = 2 * 4

func (r *pgRecord) text(v string) *pgRecord {
	r.head(pgtype.TextOID, uint32(len(v))) //nolint:gosec // bodies of requests are bounded
	r.bytes = append(r.bytes, v...)
	return r
}

// optional adds a text that is NULL where it is missing.
func (r *pgRecord) optional(v string) *pgRecord {
	if v != "" {
		return r.text(v)
	}
	const null = 1<<32 - 1 // a length of -1
	r.head(pgtype.TextOID, null)
	return r
}

func (r *pgRecord) int(v int64) *pgRecord {
	const size = 8
	r.head(pgtype.Int8OID, size)
	r.bytes = binary.BigEndian.AppendUint64(r.bytes, uint64(v)) //nolint:gosec // two's complement is what is sent
	return r
}

func (r *pgRecord) place(v rowPlace) *pgRecord {
	r.head(pgtype.TIDOID, uint32(len(v)))
	r.bytes = append(r.bytes, v[:]...)
	return r
}

func (r *pgRecord) head(oid, length uint32) {
	r.fields++
	r.bytes = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(r.bytes, oid), length)
}

// answer reads what the statement returned.
func (c *pgCall) answer(p *pgconn.Pipeline) error {
	results, err := p.GetResults()
	if err != nil {
		return err //nolint:wrapcheck // exchange does
	}
	r, ok := results.(*pgconn.ResultReader)
	if !ok {
		return fmt.Errorf("want the rows of %.40q, have %T", pgQueries[c.statement], results)
	}
	for r.NextRow() {
		if c.row != nil {
			c.row(r.Values())
		}
	}
	tag, err := r.Close()
	c.changed = tag.RowsAffected()
	return err //nolint:wrapcheck // exchange does
}

// rowPlace is PostgreSQL's ctid: the block and the number in it, as they are sent.
type rowPlace [6]byte

// pgRow is a row in binary form, valid until the next one is read.
type pgRow [][]byte

func (r pgRow) text(i int) string { return string(r[i]) }

func (r pgRow) int(i int) int64 { return int64(binary.BigEndian.Uint64(r[i])) } //nolint:gosec // two's complement is what is sent
