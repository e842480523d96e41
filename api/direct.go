package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/api/contract"
)

// A directHandler handles a plain request. It does what the generated code does
// before and after a handler, without reflection, for the operations that tills send
// all day. What is decided is decided in the same functions.
type directHandler func(echo.Context, *request) error

// direct returns the operation's direct handler, nil if it has none.
func (h handlers) direct(op *operation) directHandler {
	switch op.id {
	case "createStamp":
		return h.directStamp(op.plainBody)
	case "createScan":
		return h.directScan(op.plainBody)
	}
	return nil
}

// places returns where the members stand in f. It is false if f has others: then the
// contract has grown, and the direct handler has not.
func (f *plainBody) places(names ...string) ([]int, bool) {
	places := make([]int, len(names))
	for i, name := range names {
		if places[i] = f.index(name); places[i] < 0 {
			return nil, false
		}
	}
	return places, len(names) == len(f.members)
}

func (h ledgerHandlers) directStamp(f *plainBody) directHandler {
	at, ok := f.places("at", "card_id", "code", "external_ref", "location_id", "quantity")
	if !ok {
		return nil
	}
	return func(c echo.Context, rq *request) error {
		m := &rq.members
		o, err := h.stamp(c.Request().Context(), rq, first(c.Request().Header[headerIdempotencyKey]), &contract.StampCreation{
			At: m.instant(at[0]), CardID: m.pointer(at[1]), Code: m.pointer(at[2]), ExternalRef: m.pointer(at[3]),
			LocationID: m.text(at[4]), Quantity: m.integer(at[5]),
		})
		if err != nil {
			return err
		}
		if o.Replayed {
			c.Response().Header()["Idempotency-Replayed"] = isReplayed
		}
		view := ledgerView(o)
		b := borrowBuffer()
		defer returnBuffer(b)
		*b = appendLedgerResult(*b, &view)
		return send(c, http.StatusCreated, b)
	}
}

func (h scanHandlers) directScan(f *plainBody) directHandler {
	at, ok := f.places("code", "location_id", "program_id")
	if !ok {
		return nil
	}
	return func(c echo.Context, rq *request) error {
		m := &rq.members
		view, err := h.scan(c.Request().Context(), rq, &contract.ScanCreation{
			Code: m.text(at[0]), LocationID: m.pointer(at[1]), ProgramID: m.pointer(at[2]),
		})
		if err != nil {
			return err
		}
		b := borrowBuffer()
		defer returnBuffer(b)
		*b = appendScan(*b, &view)
		return send(c, http.StatusOK, b)
	}
}

// Values of headers, shared by all answers like those of fixedHeaders.
var (
	isReplayed = []string{"true"}
	isOfJSON   = []string{"application/json"}
)

// send writes an answer and a line feed, as the generated code does.
func send(c echo.Context, status int, body *[]byte) error {
	c.Response().Header()["Content-Type"] = isOfJSON
	c.Response().WriteHeader(status)
	*body = append(*body, '\n')
	if _, err := c.Response().Write(*body); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}
