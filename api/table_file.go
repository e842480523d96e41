package api

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/sheet"
)

// tableFile is an answer: a file whose rows are read while it is sent.
type tableFile struct {
	ctx       context.Context //nolint:containedctx // the request's, for the time of its answer
	name      string
	format    contract.ExportListParamsFormat
	mark      bool
	columns   []sheet.Column
	rows      iter.Seq2[[]any, error]
	done      func()
	log       *slog.Logger
	requestID string
}

// VisitExportListResponse sends the file.
func (x tableFile) VisitExportListResponse(w http.ResponseWriter) error { return x.send(w) }

// VisitGetImportErrorFileResponse sends the file.
func (x tableFile) VisitGetImportErrorFileResponse(w http.ResponseWriter) error { return x.send(w) }

// send sends the file. What goes wrong now ends the connection: a file that was cut off
// must not look whole.
func (x tableFile) send(w http.ResponseWriter) error {
	defer x.done()
	// Where the server cannot set one, its own deadline holds.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(exportTime))
	w.Header().Set("Content-Disposition", `attachment; filename="`+x.name+`"`)
	if x.format == contract.ExportListParamsFormatXlsx {
		w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	} else {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	}
	w.WriteHeader(http.StatusOK)
	if err := x.write(w); err != nil {
		x.log.LogAttrs(x.ctx, slog.LevelError, "file broke off", slog.String("request_id", x.requestID), slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (x tableFile) write(w http.ResponseWriter) (err error) {
	var to sheet.Writer
	if x.format == contract.ExportListParamsFormatXlsx {
		to, err = sheet.NewXLSX(w, x.columns)
	} else {
		to, err = sheet.NewCSV(w, x.columns, x.mark)
	}
	if err != nil {
		return fmt.Errorf("begin a file: %w", err)
	}
	for row, broken := range x.rows {
		if err = broken; err == nil {
			err = to.Row(row...)
		}
		if err != nil {
			break
		}
	}
	// Also after a fault: a workbook has a temporary file.
	if closed := to.Close(); err == nil {
		err = closed
	}
	return err
}
