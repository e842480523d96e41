package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// The codes that errors.go answers, under short names. Refusals bear their own.
const (
	codeInvalid              = contract.ProblemCodeValidationFailed
	codeInvalidJSON          = contract.ProblemCodeInvalidJSON
	codeKeyRequired          = contract.ProblemCodeIdempotencyKeyRequired
	codeUnauthenticated      = contract.ProblemCodeUnauthenticated
	codeWrongPIN             = contract.ProblemCodeWrongPIN
	codeInvalidPairingCode   = contract.ProblemCodeInvalidPairingCode
	codeForbidden            = contract.ProblemCodeForbidden
	codeCrossSite            = contract.ProblemCodeCrossSiteRequest
	codeRouteNotFound        = contract.ProblemCodeRouteNotFound
	codeLocationNotFound     = contract.ProblemCodeLocationNotFound
	codeStaffNotFound        = contract.ProblemCodeStaffNotFound
	codeTillNotFound         = contract.ProblemCodeTillNotFound
	codeTillSessionNotFound  = contract.ProblemCodeTillSessionNotFound
	codeProgramNotFound      = contract.ProblemCodeProgramNotFound
	codeCardNotFound         = contract.ProblemCodeCardNotFound
	codePassesNotOffered     = contract.ProblemCodePassesNotOffered
	codeCouponNotFound       = contract.ProblemCodeCouponNotFound
	codeEntryNotFound        = contract.ProblemCodeEntryNotFound
	codeReviewNotFound       = contract.ProblemCodeReviewNotFound
	codeReviewDecided        = contract.ProblemCodeReviewDecided
	codeCustomerNotFound     = contract.ProblemCodeCustomerNotFound
	codeAPIKeyNotFound       = contract.ProblemCodeAPIKeyNotFound
	codeImportNotFound       = contract.ProblemCodeImportNotFound
	codeMethodNotAllowed     = contract.ProblemCodeMethodNotAllowed
	codeAlreadyInUse         = contract.ProblemCodeAlreadyInUse
	codeContactTaken         = contract.ProblemCodeContactTaken
	codeTwoCustomers         = contract.ProblemCodeTwoCustomers
	codeImportEnded          = contract.ProblemCodeImportEnded
	codeMergeNotFound        = contract.ProblemCodeMergeNotFound
	codeNotDemo              = contract.ProblemCodeNotADemo
	codeMergeUndone          = contract.ProblemCodeMergeUndone
	codeMergeTooOld          = contract.ProblemCodeMergeTooOld
	codeNotConfirmed         = contract.ProblemCodeCustomerNotConfirmed
	codeCustomerBlocked      = contract.ProblemCodeCustomerBlocked
	codeCustomerMerged       = contract.ProblemCodeCustomerMerged
	codeExternalRefUsed      = contract.ProblemCodeExternalRefUsed
	codeVersionMismatch      = contract.ProblemCodeVersionMismatch
	codeBodyTooLarge         = contract.ProblemCodeBodyTooLarge
	codeMediaType            = contract.ProblemCodeUnsupportedMediaType
	codeIdempotencyKeyReused = contract.ProblemCodeIdempotencyKeyReused
	codeIfMatchRequired      = contract.ProblemCodeIfMatchRequired
	codeTooManyAttempts      = contract.ProblemCodeTooManyAttempts
	codePINLocked            = contract.ProblemCodePINLocked
	codeInternal             = contract.ProblemCodeInternal
	codeUnavailable          = contract.ProblemCodeUnavailable
	codeBusy                 = contract.ProblemCodeBusy
	codeWalletAway           = contract.ProblemCodeWalletAway
	codeInFlight             = contract.ProblemCodeIdempotencyKeyInFlight
	codeOutcomeUnknown       = contract.ProblemCodeOutcomeUnknown
)

// kind is what all problems of a code have in common.
type kind struct {
	status    int
	title     string
	retryable bool
}

// kinds is the table of openapi.yaml, schema ProblemCode.
var kinds = map[contract.ProblemCode]kind{
	codeInvalid:              {400, "The request is not valid", false},
	codeInvalidJSON:          {400, "The body is not valid JSON", false},
	codeKeyRequired:          {400, "The request needs an idempotency key", false},
	codeUnauthenticated:      {401, "The request needs a valid credential", false},
	codeWrongPIN:             {401, "The PIN is wrong", false},
	codeInvalidPairingCode:   {401, "The pairing code is not valid", false},
	codeForbidden:            {403, "The credential does not allow it", false},
	codeCrossSite:            {403, "The request comes from another site", false},
	codeRouteNotFound:        {404, "There is no such address", false},
	codeLocationNotFound:     {404, "There is no such location", false},
	codeStaffNotFound:        {404, "There is no such member of staff", false},
	codeTillNotFound:         {404, "There is no such till", false},
	codeTillSessionNotFound:  {404, "There is no till session", false},
	codeProgramNotFound:      {404, "There is no such program", false},
	codeCardNotFound:         {404, "There is no such card", false},
	codePassesNotOffered:     {404, "This server offers no passes", false},
	codeCouponNotFound:       {404, "There is no such coupon", false},
	codeEntryNotFound:        {404, "There is no such ledger entry", false},
	codeReviewNotFound:       {404, "There is no such review", false},
	codeReviewDecided:        {409, "The review was decided", false},
	codeCustomerNotFound:     {404, "There is no such customer", false},
	codeAPIKeyNotFound:       {404, "There is no such API key", false},
	codeImportNotFound:       {404, "There is no such import", false},
	codeMethodNotAllowed:     {405, "The address does not take this method", false},
	codeAlreadyInUse:         {409, "The value is in use", false},
	codeContactTaken:         {409, "Another customer has this contact", false},
	codeTwoCustomers:         {409, "Phone and e-mail belong to two customers", false},
	codeImportEnded:          {409, "The import has ended", false},
	codeMergeNotFound:        {404, "There is no such merge", false},
	codeNotDemo:              {409, "The organization is not a demo", false},
	codeMergeUndone:          {409, "The merge was undone before", false},
	codeMergeTooOld:          {409, "The merge is too long ago", false},
	codeNotConfirmed:         {409, "The customer has no confirmed contact", false},
	codeCustomerBlocked:      {409, "The customer is blocked", false},
	codeCustomerMerged:       {409, "The customer was merged into another one", false},
	codeExternalRefUsed:      {409, "The external reference was used before", false},
	codeVersionMismatch:      {412, "Somebody else changed it in the meantime", false},
	codeBodyTooLarge:         {413, "The body is too large", false},
	codeMediaType:            {415, "The body is of another media type", false},
	codeIdempotencyKeyReused: {422, "The idempotency key was used with another body", false},
	codeIfMatchRequired:      {428, "The request must name the version that it changes", false},
	codeTooManyAttempts:      {429, "There were too many attempts", true},
	codePINLocked:            {429, "There were too many wrong PINs", true},
	codeInternal:             {500, "The server has a fault", true},
	codeUnavailable:          {503, "The server cannot answer at the moment", true},
	codeBusy:                 {503, "Too many requests are waiting", true},
	codeWalletAway:           {503, "The wallet did not take the card", true},
	codeInFlight:             {409, "A request under this key is under way", true},
	codeOutcomeUnknown:       {503, "The outcome is not known yet", true},
}

// kindOf returns what is common to problems of the code. Every code that is not in
// the table is a refusal by the rules of the program.
func kindOf(code contract.ProblemCode) kind {
	if k, ok := kinds[code]; ok {
		return k
	}
	return kind{http.StatusConflict, "The rules of the program say no", code == contract.ProblemCode(loyalty.RefusedCoolDown)}
}

// problem is an error with all that its answer needs.
type problem struct {
	code          contract.ProblemCode
	field, detail string
	// reason is a name for what is wrong with the field, "" for none, and params are the
	// values that a sentence about it needs.
	reason contract.ProblemReason
	params map[string]string
	// staffMessage is a sentence in the language of the request, "" if none.
	staffMessage string
	// retryAfter is in seconds, 0 if it makes no sense to wait.
	retryAfter int
}

func (p *problem) Error() string { return fmt.Sprintf("%s: %s %s", p.code, p.field, p.detail) }

func invalid(field, format string, a ...any) error {
	return &problem{code: codeInvalid, field: field, detail: fmt.Sprintf(format, a...)}
}

// because is invalid with a name for the reason, and the values that a sentence about
// it needs.
func because(reason contract.ProblemReason, params map[string]string, field, format string, a ...any) error {
	return &problem{code: codeInvalid, field: field, detail: fmt.Sprintf(format, a...), reason: reason, params: params}
}

// within says of an error about a field that the field stands inside another one. Other
// errors, and nil, are returned as they are.
func within(outer string, err error) error {
	var (
		own      *problem
		program  *loyalty.InvalidProgramError
		orgField *organization.InvalidFieldError
	)
	switch {
	case errors.As(err, &own):
		inner := *own
		inner.field = joinPath(outer, own.field)
		return &inner
	case errors.As(err, &program):
		inner := *program
		inner.Field = joinPath(outer, program.Field)
		return &inner
	case errors.As(err, &orgField):
		inner := *orgField
		inner.Field = joinPath(outer, orgField.Field)
		return &inner
	}
	return err
}

func forbidden(format string, a ...any) error {
	return &problem{code: codeForbidden, detail: fmt.Sprintf(format, a...)}
}

func tooLarge(limit int64) error {
	return &problem{code: codeBodyTooLarge, detail: fmt.Sprintf("the body must have at most %d bytes", limit)}
}

// view is the problem as it is sent.
func (p *problem) view(requestID string) contract.Problem {
	k := kindOf(p.code)
	return contract.Problem{
		Type: "urn:leima:problem:" + string(p.code), Title: k.title, Status: k.status, Code: p.code,
		Detail: p.detail, Field: optional(p.field), Reason: optional(p.reason), Params: p.params, RequestID: requestID,
		StaffMessage: optional(p.staffMessage), Retryable: k.retryable,
	}
}

// write sends the problem.
func (p *problem) write(c echo.Context, requestID string) error {
	v := p.view(requestID)
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode problem: %w", err)
	}
	header := c.Response().Header()
	if v.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="leima"`)
	}
	if p.retryAfter > 0 {
		header.Set("Retry-After", fmt.Sprint(p.retryAfter))
	}
	if err := c.Blob(v.Status, "application/problem+json", append(body, '\n')); err != nil {
		return fmt.Errorf("write problem: %w", err)
	}
	return nil
}
