// Package receipttest makes up exports of purchases for tests: the same shape
// as the retail file that deploy/maps/retail-receipts.yaml is for, with nothing
// in it that anybody ever bought. What the purchases add up to is written down
// while they are made up, not read back, so that a test can hold a reader's
// result against it.
//
// It must not know package receipt, or the expectation would not be
// independent. Start with Generate.
package receipttest
