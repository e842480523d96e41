// Package paging describes one page of a long list: how many items are asked
// for, where the page begins, and where the next one does. Cursors are opaque to
// whoever gets one. The package knows nothing of what is listed.
package paging
