package traffic

import (
	"bytes"
	"errors"
	"math"
)

var (
	headEnd         = []byte("\r\n\r\n")
	lineEnd         = []byte("\r\n")
	statusBegin     = []byte("HTTP/1.1 ")
	contentLength   = []byte("content-length:")
	transferChunked = []byte("transfer-encoding:")
)

// errAnswer is what readAnswer finds wrong with something that is no answer.
var errAnswer = errors.New("not an HTTP/1.1 answer with a length")

// maxAnswer bounds an answer, in bytes; those of stamps have a few hundred.
const maxAnswer = 1 << 20

// readAnswer returns the status of the answer that b begins with, and its length with
// head and body, or 0 if more has to come. It reads what servers of this benchmark
// send (RFC 9112, sections 4, 6 and 7): a length or chunks, and no trailers.
func readAnswer(b []byte) (status, length int, err error) {
	head := bytes.Index(b, headEnd)
	if head < 0 {
		if len(b) > maxAnswer {
			return 0, 0, errAnswer
		}
		return 0, 0, nil
	}
	if !bytes.HasPrefix(b, statusBegin) || head < len(statusBegin)+3 {
		return 0, 0, errAnswer
	}
	for _, c := range b[len(statusBegin) : len(statusBegin)+3] {
		if c < '0' || c > '9' {
			return 0, 0, errAnswer
		}
		status = 10*status + int(c-'0')
	}
	body := head + len(headEnd)
	bodyLength, chunked, err := bodyLength(b[:head])
	if err == nil && chunked {
		bodyLength, err = chunks(b[body:])
		if bodyLength == 0 && err == nil {
			return status, 0, nil
		}
	}
	switch {
	case err != nil:
		return 0, 0, err
	case body+bodyLength > len(b):
		return status, 0, nil
	}
	return status, body + bodyLength, nil
}

// bodyLength reads the head of an answer.
func bodyLength(head []byte) (length int, chunked bool, err error) {
	for line := range bytes.SplitSeq(head, lineEnd) {
		switch {
		case hasPrefixFold(line, contentLength):
			length, err := number(bytes.TrimSpace(line[len(contentLength):]), 10)
			return length, false, err
		case hasPrefixFold(line, transferChunked):
			return 0, true, nil
		}
	}
	return 0, false, errAnswer
}

func hasPrefixFold(line, name []byte) bool {
	return len(line) >= len(name) && bytes.EqualFold(line[:len(name)], name)
}

// chunks returns the length of a whole body in chunks, 0 if more has to come.
func chunks(b []byte) (int, error) {
	for at := 0; ; {
		end := bytes.Index(b[at:], lineEnd)
		if end < 0 {
			return 0, nil
		}
		size, err := number(b[at:at+end], 16)
		if err != nil {
			return 0, err
		}
		at += end + len(lineEnd) + size + len(lineEnd)
		if at > len(b) {
			return 0, nil
		}
		if !bytes.Equal(b[at-len(lineEnd):at], lineEnd) {
			return 0, errAnswer
		}
		if size == 0 {
			return at, nil
		}
	}
}

// number reads a number of at most maxAnswer.
func number(digits []byte, base int) (int, error) {
	n := 0
	for _, c := range digits {
		digit := math.MaxInt
		switch {
		case c >= '0' && c <= '9':
			digit = int(c - '0')
		case c >= 'a' && c <= 'f':
			digit = int(c-'a') + 10
		case c >= 'A' && c <= 'F':
			digit = int(c-'A') + 10
		}
		if digit >= base {
			return 0, errAnswer
		}
		if n = n*base + digit; n > maxAnswer {
			return 0, errAnswer
		}
	}
	if len(digits) == 0 {
		return 0, errAnswer
	}
	return n, nil
}
