package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// putBack lets the generated code read the body that was checked. It knows the media
// type in one spelling only.
func putBack(r *http.Request, body string) {
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
		return
	}
	r.Header["Content-Type"] = isOfJSON
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}

// isJSON reports whether the media type, of which there is one, is JSON in UTF-8.
func isJSON(mediaTypes []string) bool {
	if len(mediaTypes) == 0 {
		return false
	}
	if mediaTypes[0] == "application/json" {
		return true
	}
	t, params, err := mime.ParseMediaType(mediaTypes[0])
	return err == nil && t == "application/json" && (params["charset"] == "" || strings.EqualFold(params["charset"], "utf-8"))
}

// buffers are what bodies are read into and answers are put together in. What has
// grown beyond maxPlainBody is not kept.
var buffers = sync.Pool{New: func() any {
	b := make([]byte, 0, maxPlainBody)
	return &b
}}

func borrowBuffer() *[]byte {
	b, ok := buffers.Get().(*[]byte)
	if !ok {
		panic("api: a buffer is not one")
	}
	return b
}

func returnBuffer(b *[]byte) {
	if cap(*b) > maxPlainBody {
		return
	}
	*b = (*b)[:0]
	buffers.Put(b)
}

// readBody returns all of a body that has at most limit bytes.
func readBody(from io.Reader, limit int64) (string, error) {
	b := borrowBuffer()
	defer returnBuffer(b)
	for {
		n, err := from.Read((*b)[len(*b):cap(*b)])
		*b = (*b)[:len(*b)+n]
		switch {
		case int64(len(*b)) > limit:
			return "", tooLarge(limit)
		case errors.Is(err, io.EOF):
			return string(*b), nil
		case err != nil:
			return "", fmt.Errorf("read the body: %w", err)
		case len(*b) == cap(*b):
			*b = slices.Grow(*b, len(*b))
		}
	}
}
