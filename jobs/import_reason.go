package jobs

import (
	"strconv"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/receipt"
)

// Why a receipt cannot be entered that can be read and that the rules do not refuse.
const (
	codeReceiptChanged = "receipt_changed"
	codeReceiptUsed    = "receipt_used"
)

// receiptRefusals are the refusals that a receipt of an import can meet, with the names of
// their params. The seconds left of a cool-down are left out: a receipt does not come again.
var receiptRefusals = map[loyalty.RefusalCode][]string{
	loyalty.RefusedPerScan:       {"limit"},
	loyalty.RefusedPerCardDay:    {"limit"},
	loyalty.RefusedCoolDown:      nil,
	loyalty.RefusedNotActive:     nil,
	loyalty.RefusedNotBegun:      nil,
	loyalty.RefusedEnded:         nil,
	loyalty.RefusedFuture:        nil,
	loyalty.RefusedCardNotUsable: nil,
	loyalty.RefusedBlocked:       nil,
}

// ImportReasons returns the stable names of all reasons why a row or receipt of an import
// is listed as an error, each with the names of its params.
func ImportReasons() map[string][]string {
	all := map[string][]string{
		codeReceiptChanged: nil, codeReceiptUsed: nil,
		oldNumberForm.code: nil, oldNumberTaken.code: nil, oldNumberUnknown.code: nil,
	}
	for _, code := range receipt.Codes() {
		all[string(code)] = code.Params()
	}
	for code, params := range receiptRefusals {
		all[string(code)] = params
	}
	return all
}

// rowReason is why a receipt was not entered: a name of ImportReasons and the English words.
type rowReason struct {
	code, text string
	params     map[string]string
}

// in is the error of a row.
func (r rowReason) in(row int, column, value string) *receipt.RowError {
	return &receipt.RowError{Row: row, Column: column, Value: value, Reason: r.text, Code: receipt.Code(r.code), Params: r.params}
}

// refusedFor is the reason that a refusal is. One that is not thought to meet receipts has
// its sentence alone.
func refusedFor(r *loyalty.Refusal) rowReason {
	reason := rowReason{text: r.StaffMessage()}
	params, known := receiptRefusals[r.Code]
	if !known {
		return reason
	}
	reason.code = string(r.Code)
	for _, name := range params { // "limit" is the only one
		reason.params = map[string]string{name: strconv.Itoa(r.Limit)}
	}
	return reason
}
