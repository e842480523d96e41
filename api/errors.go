package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// known are the errors of the core and what they are to a caller. Those that are
// not found need to say what; see missing.
var known = []struct {
	err    error
	code   contract.ProblemCode
	detail string
}{
	{loyalty.ErrKeyReused, codeIdempotencyKeyReused, "the key was used with another body; use a fresh one for another request"},
	{loyalty.ErrExternalRefUsed, codeExternalRefUsed, "another entry of this location and kind has the external_ref"},
	{loyalty.ErrBusy, codeBusy, "nothing was done; send it again in a moment"},
	{loyalty.ErrInFlight, codeInFlight, "ask again in a moment for its answer"},
	// Before the errors of the context, which it may wrap.
	{loyalty.ErrUnknown, codeOutcomeUnknown, "it was carried out once or not at all; the same request under the same key tells"},
	{loyalty.ErrAway, codeUnavailable, "the database cannot be reached at the moment; the same request can be sent again"},
	{loyalty.ErrClosed, codeUnavailable, "the server is stopping; nothing was done; the same request can be sent again"},
	{loyalty.ErrReviewDecided, codeReviewDecided, "somebody decided it in the meantime; read it again"},
	{organization.ErrVersion, codeVersionMismatch, "read it again and make the change from there"},
	{customer.ErrVersion, codeVersionMismatch, "read it again and make the change from there"},
	{organization.ErrTaken, codeAlreadyInUse, "a value that must be unique is in use"},
	{customer.ErrContactTaken, codeContactTaken, "another customer has the phone number, e-mail address or external_ref"},
	{customer.ErrImportEnded, codeImportEnded, "there is nothing left to stop"},
	{customer.ErrMerged, codeCustomerMerged, "ask for the customer in merged_into instead"},
	{customer.ErrBlocked, codeCustomerBlocked, "neither of the two may be blocked"},
	{customer.ErrNotConfirmed, codeNotConfirmed, "the customer who stays must have a confirmed contact; try it the other way round"},
	{organization.ErrNotDemo, codeNotDemo, "its customers were not made up, or were removed before"},
	{customer.ErrMergeUndone, codeMergeUndone, "both customers are as they were"},
	{customer.ErrMergeTooOld, codeMergeTooOld, "a merge can be undone for 30 days"},
	{customer.ErrTwoCustomers, codeTwoCustomers, "the phone number is one customer's, the e-mail address another's"},
	// Before the errors of the context, which it may wrap.
	{customer.ErrWalletAway, codeWalletAway, "the wallet's servers are away or refuse it; try again later"},
	{access.ErrUnauthenticated, codeUnauthenticated, "the credential is missing, unknown, revoked or expired"},
	{access.ErrWrongPIN, codeWrongPIN, "the person and the PIN do not match"},
	{context.DeadlineExceeded, codeUnavailable, "the server could not finish in time; the same request can be sent again"},
	{context.Canceled, codeUnavailable, "the request was given up"},
}

// customerReasons are the codes of package customer, which the pages go by, as the
// contract names them.
var customerReasons = map[string]contract.ProblemReason{
	customer.InvalidPhone: contract.ProblemReasonPhone, customer.InvalidEmail: contract.ProblemReasonEmail,
	customer.InvalidEncoding: contract.ProblemReasonEncoding, customer.InvalidTooLong: contract.ProblemReasonTooLong,
	customer.InvalidCharacter: contract.ProblemReasonControlCharacter, customer.ContactMissing: contract.ProblemReasonContactMissing,
	customer.InvalidLocale: contract.ProblemReasonOneOf,
}

// missing gives an error of the core that something is not there the name of what
// it is. Other errors are returned as they are.
func missing(code contract.ProblemCode, err error) error {
	if errors.Is(err, loyalty.ErrNotFound) || errors.Is(err, customer.ErrNotFound) || errors.Is(err, organization.ErrNotFound) {
		p := &problem{code: code, detail: "this organization has none that matches"}
		if code == codeLocationNotFound {
			p.field = "location_id"
		}
		return p
	}
	return err
}

// problemOf is the one place that turns an error into what a caller sees. An error
// that it does not know tells the caller nothing but that it is our fault.
func (a *API) problemOf(rq *request, err error) *problem {
	var (
		own        *problem
		refusal    *loyalty.Refusal
		program    *loyalty.InvalidProgramError
		orgField   *organization.InvalidFieldError
		custField  *customer.InvalidFieldError
		tooBig     *http.MaxBytesError
		fromRouter *echo.HTTPError
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &refusal):
		return a.refusalProblem(rq, refusal)
	case errors.As(err, &program):
		return &problem{code: codeInvalid, field: program.Field, detail: program.Reason, reason: contract.ProblemReason(program.Code), params: program.Params}
	case errors.As(err, &orgField):
		return &problem{code: codeInvalid, field: orgField.Field, detail: orgField.Reason, reason: contract.ProblemReason(orgField.Code), params: orgField.Params}
	case errors.As(err, &custField):
		return &problem{code: codeInvalid, field: custField.Field, detail: custField.Reason, reason: customerReasons[custField.Code]}
	case errors.Is(err, paging.ErrBadCursor):
		return &problem{code: codeInvalid, field: "cursor", detail: "was not made by this list"}
	case errors.Is(err, access.ErrLocked):
		return &problem{
			code: codePINLocked, detail: "too many wrong PINs; ask a manager for a new one, or wait",
			retryAfter: int(access.PINLockout.Seconds()),
		}
	case errors.As(err, &tooBig):
		return &problem{code: codeBodyTooLarge, detail: "the body is larger than this operation takes"}
	}
	for _, k := range known {
		if errors.Is(err, k.err) {
			p := &problem{code: k.code, detail: k.detail}
			if kinds[k.code].retryable {
				p.retryAfter = 1
			}
			return p
		}
	}
	// The generated code checks once more what the contract has been checked for.
	if errors.As(err, &fromRouter) && fromRouter.Code == http.StatusBadRequest {
		return &problem{code: codeInvalid, detail: "a parameter, header or body is not of the form that is expected"}
	}
	return &problem{code: codeInternal, detail: "what became of the request is not known; a write can be sent again under its key"}
}

func (a *API) refusalProblem(rq *request, r *loyalty.Refusal) *problem {
	p := &problem{
		code: contract.ProblemCode(r.Code), field: r.Field, detail: r.StaffMessage(),
		staffMessage: a.sentences.Refusal(rq.locale(), r),
	}
	if r.Code == loyalty.RefusedCoolDown {
		p.retryAfter = r.Limit
	}
	return p
}

// answer sends the problem that the error is, and logs what is our fault.
func (a *API) answer(c echo.Context, rq *request, err error) {
	p := a.problemOf(rq, err)
	rq.code = p.code
	ctx := c.Request().Context()
	// Of a database that is away the store tells once, not each of the requests that fail.
	told := errors.Is(err, context.Canceled) || errors.Is(err, loyalty.ErrAway)
	if p.code == codeInternal || p.code == codeOutcomeUnknown || p.code == codeUnavailable && !told {
		a.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request_id", rq.id),
			slog.String("route", c.Path()), slog.Any("error", err))
	}
	if c.Response().Committed {
		return // the beginning of another answer is out
	}
	if err := p.write(c, rq.id); err != nil {
		a.log.LogAttrs(ctx, slog.LevelDebug, "the caller is gone", slog.String("request_id", rq.id), slog.Any("error", err))
	}
}
