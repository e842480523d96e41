package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/receipt"
)

// read reads the whole file and puts its lines into receipts, oldest first. The
// whole file comes before the first stamp: lines of one receipt may stand anywhere
// in it, and a file that turns out to be cut off must not be half entered.
func (im *importing) read(ctx context.Context) (receipts []receipt.Receipt, err error) {
	reader, err := receipt.Open(ctx, im.file.Path, im.file.Mapping)
	if err != nil {
		return nil, fmt.Errorf("open receipts: %w", err)
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	bad := func(row *receipt.RowError) error { return im.bad(ctx, row) }
	grouped, err := receipt.Group(ctx, im.file.Mapping.Columns, im.watched(ctx, reader), bad)
	im.countRows(reader)
	if err != nil {
		return nil, fmt.Errorf("read receipts: %w", err)
	}
	im.run.Counts.RowErrors += int64(grouped.Conflicts)
	im.progress(PhaseReading, im.run.BytesRead, im.run.BytesTotal)
	return grouped.All, nil
}

// watched reports how far the reading is, on the goroutine that reads.
func (im *importing) watched(ctx context.Context, reader *receipt.Reader) iter.Seq2[receipt.Line, error] {
	return func(yield func(receipt.Line, error) bool) {
		n := 0
		for line, err := range reader.Lines(ctx) {
			if n++; n%rowsPerProgress == 0 {
				im.countRows(reader)
				im.progress(PhaseReading, im.run.BytesRead, im.run.BytesTotal)
			}
			if !yield(line, err) {
				return
			}
		}
	}
}

func (im *importing) countRows(reader *receipt.Reader) {
	read, c := reader.Counts(), &im.run.Counts
	c.Rows, c.RowErrors = int64(read.Rows), int64(read.Bad)
	c.RowsDropped = int64(read.Prescription + read.UnknownClass + read.Anonymous)
	im.run.BytesRead, im.run.BytesTotal = reader.Progress()
}

// command is the stamp command of a receipt, without its card and location; ok is
// false for a receipt that earns nothing.
func (im *importing) command(r receipt.Receipt, now int64) (c loyalty.Command, ok bool) {
	stamps := im.file.Mapping.Earn.StampsFor(r)
	if stamps == 0 {
		return c, false
	}
	return loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: im.run.OrgID, Quantity: int(stamps),
		Actor:          loyalty.Actor{Kind: loyalty.ActorImport, ID: im.run.ID},
		Zone:           im.zone,
		IdempotencyKey: importKey(im.run.ProgramID, r.ID),
		BodyHash:       bodyHash(r, stamps),
		ExternalRef:    r.ID,
		At:             r.At, Now: now, Past: loyalty.PastRecorded,
	}, true
}

// importKey names a receipt's stamp in a program: it is given once, however often the
// receipt comes.
func importKey(programID, receiptID string) string {
	return loyalty.ReservedKeyPrefix + "import:" + programID + ":" + receiptID
}

// bodyHash tells whether a receipt that comes again is the same. It is made of what
// the file says, not of our ids, so that merging two customers does not change it.
func bodyHash(r receipt.Receipt, stamps int64) string {
	h := sha256.New()
	parts := []string{"1", r.ID, r.Customer, r.Location, strconv.FormatInt(r.At, 10), strconv.FormatInt(stamps, 10)}
	if r.Customer == "" {
		parts = append(parts, plainOldNumber(r.OldNumber))
	}
	for _, part := range parts {
		// Each part with its length, so that no two lists look alike.
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// zoneOf is the time zone of the file's location, the organization's for an unknown
// one.
func (im *importing) zoneOf(location string) *time.Location {
	if p, ok := im.locations[location]; ok {
		return p.zone
	}
	return im.zone
}
