package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// recorded is an API over a store and ledger that write down what they were asked, and
// answer in as many ways as there are.
type recorded struct {
	yardstick
	echo  *echo.Echo
	asked []any
}

// lookUp is a call of Identify.
type lookUp struct {
	handle    customer.Handle
	programID string
}

func newRecorded(t *testing.T, directly bool) *recorded {
	t.Helper()
	r := &recorded{yardstick: newYardstick()}
	r.echo = serve(t, r, r, directly)
	return r
}

func (r *recorded) Identify(_ context.Context, _ string, h customer.Handle, programID string) (customer.View, error) {
	r.asked = append(r.asked, lookUp{h, programID})
	v := r.view
	switch h.Code {
	case "":
		v.Coupons = []loyalty.Coupon{{
			ID: "coup_01k3sa0z2efcrstmhzda61w2vx", CardID: v.Card.ID, ProgramID: v.Card.ProgramID, Status: loyalty.CouponIssued, Cost: 10,
			Name: loyalty.Text{"fi": "5 € <alennus>"}, IssuedAt: 1_771_000_000_000, ExpiresAt: 1_773_000_000_000,
		}}
	default:
		if len(h.Code)%3 == 0 {
			return customer.View{}, loyalty.ErrNotFound
		}
		if len(h.Code)%3 == 1 {
			v.Program.Status = loyalty.ProgramEnded
		}
	}
	return v, nil
}

func (r *recorded) Apply(_ context.Context, c loyalty.Command) (loyalty.Outcome, error) {
	r.asked = append(r.asked, c)
	o := r.outcome
	o.Entry.Quantity, o.Entry.At, o.Entry.ExternalRef = c.Quantity, c.At, c.ExternalRef
	switch c.Quantity % 5 {
	case 1:
		o.Replayed = true
	case 2:
		return loyalty.Outcome{Refusal: &loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 30}}, nil
	case 3:
		return loyalty.Outcome{}, loyalty.ErrBusy
	}
	if c.CardID == "" {
		return loyalty.Outcome{}, loyalty.ErrNotFound
	}
	return o, nil
}

// send returns the answer to the request; asked holds only what it asked.
func (r *recorded) send(path, body string, header map[string]string) (status int, answered http.Header, text string) {
	r.asked = nil
	request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer lk_leimala_ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	for name, value := range header {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	recorder := httptest.NewRecorder()
	r.echo.ServeHTTP(recorder, request)
	return recorder.Code, recorder.Header(), recorder.Body.String()
}
