package google

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

const (
	batchPath = "/batch"
	// MaxBatch is the most objects of one batch: as many requests as a second allows,
	// so that a batch never keeps single updates waiting for longer than that.
	MaxBatch = RequestsPerSecond
	// idPrefix numbers the parts; Google answers with the same number.
	idPrefix       = "item-"
	responsePrefix = "response-"
	// boundary parts a batch. Bodies are JSON on one line and cannot hold it.
	boundary = "leima-batch-of-google-wallet-requests"
)

// errNoPart is the outcome of an object that the answer to a batch says nothing of.
var errNoPart = errors.New("google wallet: the batch's answer says nothing of this object")

// UpsertBatch makes or changes up to MaxBatch objects silently, in one request each
// round: all are patched; those that Google has not are inserted in a second round;
// what failed for a passing reason is sent again, MaxAttempts rounds in all.
//
// The result has one entry per object: nil when Google has it as given, otherwise
// what went wrong with this one. The error is for the batch as a whole; then nothing
// is known of any object, and all may be sent again.
func (c *Client) UpsertBatch(ctx context.Context, objects []LoyaltyObject) ([]error, error) {
	if len(objects) > MaxBatch {
		return nil, &FieldError{Field: "batch", Reason: fmt.Sprintf("has %d objects, the limit is %d", len(objects), MaxBatch)}
	}
	results := make([]error, len(objects))
	var open []batchItem
	for i, object := range objects {
		if results[i] = object.Check(); results[i] == nil {
			open = append(open, batchItem{index: i, object: object})
		}
	}
	for attempt := 1; len(open) > 0; attempt++ {
		outcomes, err := c.sendBatch(ctx, open)
		if err != nil {
			return nil, err
		}
		again, wait := settle(open, outcomes, results)
		if attempt == MaxAttempts || len(again) == 0 {
			break
		}
		if wait {
			if err := c.wait(ctx, c.pauseBefore(attempt)); err != nil {
				return nil, fmt.Errorf("google wallet: wait to send a batch again: %w", err)
			}
		}
		open = again
	}
	return results, nil
}

// batchItem is an object on its way: patched, or inserted when Google has it not.
type batchItem struct {
	index  int // in what the caller gave
	object LoyaltyObject
	insert bool
}

// settle notes the outcomes and returns what is to be sent in the next round, and
// whether to wait before it.
func settle(items []batchItem, outcomes, results []error) (again []batchItem, wait bool) {
	for i, item := range items {
		err := outcomes[i]
		results[item.index] = err
		switch {
		case err == nil:
			continue
		case !item.insert && errors.Is(err, ErrNotFound):
			item.insert = true
		case item.insert && errors.Is(err, ErrExists):
			item.insert = false // somebody else was quicker
		case errors.Is(err, ErrBusy) || errors.Is(err, errNoPart):
			wait = true
		default:
			continue
		}
		again = append(again, item)
	}
	return again, wait
}

// sendBatch sends items and returns what became of each.
func (c *Client) sendBatch(ctx context.Context, items []batchItem) ([]error, error) {
	body, err := encodeBatch(items)
	if err != nil {
		return nil, err
	}
	answer, header, err := c.do(ctx, request{
		method: http.MethodPost, path: batchPath, body: body, cost: len(items),
		contentType: mime.FormatMediaType("multipart/mixed", map[string]string{"boundary": boundary}),
	})
	if err != nil {
		return nil, err
	}
	return c.decodeBatch(answer, header.Get("Content-Type"), len(items))
}

// encodeBatch writes a request per item, as a part of type application/http.
func encodeBatch(items []batchItem) ([]byte, error) {
	var out bytes.Buffer
	parts := multipart.NewWriter(&out)
	if err := parts.SetBoundary(boundary); err != nil {
		return nil, fmt.Errorf("google wallet: encode batch: %w", err)
	}
	for i, item := range items {
		method, path := http.MethodPatch, one(objectPath, item.object.ID)
		encode := func() ([]byte, error) { return item.object.patchBody(false) }
		if item.insert {
			method, path, encode = http.MethodPost, objectPath, item.object.insertBody
		}
		body, err := encode()
		if err != nil {
			return nil, err
		}
		part, err := parts.CreatePart(textproto.MIMEHeader{
			"Content-Type": {"application/http"},
			"Content-Id":   {"<" + idPrefix + strconv.Itoa(i) + ">"},
		})
		if err != nil {
			return nil, fmt.Errorf("google wallet: encode batch: %w", err)
		}
		fmt.Fprintf(part, "%s %s HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", method, path, len(body))
		if _, err := part.Write(body); err != nil {
			return nil, fmt.Errorf("google wallet: encode batch: %w", err)
		}
	}
	if err := parts.Close(); err != nil {
		return nil, fmt.Errorf("google wallet: encode batch: %w", err)
	}
	return out.Bytes(), nil
}

// decodeBatch reads the outcome of each of count parts. A part that is not there, or
// cannot be read, leaves errNoPart.
func (c *Client) decodeBatch(body []byte, contentType string, count int) ([]error, error) {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || parameters["boundary"] == "" {
		return nil, fmt.Errorf("google wallet: the answer to a batch is of type %q", Shorten(contentType, MaxNameRunes))
	}
	outcomes := make([]error, count)
	for i := range outcomes {
		outcomes[i] = errNoPart
	}
	parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	for range count {
		part, err := parts.NextPart()
		if err != nil {
			return outcomes, nil //nolint:nilerr // an answer that was cut off: its rest is sent again
		}
		i, ok := partNumber(part.Header.Get("Content-Id"))
		if !ok || i >= count {
			continue
		}
		response, err := http.ReadResponse(bufio.NewReader(part), nil)
		if err != nil {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		response.Body.Close()
		switch {
		case err != nil:
			continue
		case response.StatusCode < http.StatusOK || response.StatusCode >= http.StatusMultipleChoices:
			outcomes[i] = errorOf(response.StatusCode, response.Header, content, c.now())
		default:
			outcomes[i] = nil
		}
	}
	return outcomes, nil
}

// partNumber reads "<response-item-7>".
func partNumber(id string) (int, bool) {
	text, ok := strings.CutPrefix(strings.Trim(id, "<>"), responsePrefix+idPrefix)
	if !ok {
		return 0, false
	}
	number, err := strconv.Atoi(text)
	return number, err == nil && number >= 0
}
