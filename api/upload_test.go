package api_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leima/leima/api"
)

func TestAnImportIsHandedOver(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	w := newWorld(t)
	content := strings.Repeat("a;b\n", 100_000)
	for name, order := range map[string][][2]string{
		"the file last":  {{"mapping", "format: csv"}, {"program_id", w.shop.program}, {"dry_run", "true"}, {"file", content}},
		"the file first": {{"file", content}, {"dry_run", "true"}, {"program_id", w.shop.program}, {"mapping", "format: csv"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			body, contentType := importBody(order)
			a := w.want(w.do(call{"POST", "/v1/imports", w.shop.token["owner"], body, map[string]string{"Content-Type": contentType}}), 202)
			got := w.imports
			if got.fileName != "receipts.csv" || got.mapping != "format: csv" || got.file != content || !got.dryRun {
				t.Errorf("handed over: %s %q %d bytes, dry run %v", got.fileName, got.mapping, len(got.file), got.dryRun)
			}
			followed := w.want(w.do(call{"GET", "/v1/imports/" + a.text("id"), w.shop.token["owner"], "", nil}), 200)
			if followed.text("status") != "queued" || followed.get("dry_run") != true {
				t.Errorf("the import: %s", followed.body)
			}
		})
	}
	if left := must(filepath.Glob(filepath.Join(os.TempDir(), "leima-upload-*"))); len(left) != 0 {
		t.Errorf("files were left behind: %v", left)
	}
}

func TestBadImportsAreRefused(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	w := newWorld(t)
	before := w.dump()
	mapping, program, file := [2]string{"mapping", "x"}, [2]string{"program_id", w.shop.program}, [2]string{"file", "a;b"}
	for name, c := range map[string]struct {
		parts  [][2]string
		status int
		field  string
	}{
		"no file":                {[][2]string{mapping, program}, 400, "file"},
		"no mapping":             {[][2]string{program, file}, 400, "mapping"},
		"no program":             {[][2]string{mapping, file}, 400, "program_id"},
		"nothing":                {nil, 400, "file"},
		"two files":              {[][2]string{mapping, program, file, file}, 400, "file"},
		"another part":           {[][2]string{mapping, program, file, {"nonsense", "1"}}, 400, "nonsense"},
		"a dry run of maybe":     {[][2]string{mapping, program, file, {"dry_run", "maybe"}}, 400, "dry_run"},
		"an id of another kind":  {[][2]string{mapping, {"program_id", w.shop.card}, file}, 400, "program_id"},
		"another's program":      {[][2]string{mapping, {"program_id", w.other.program}, file}, 404, ""},
		"a mapping too long":     {[][2]string{{"mapping", strings.Repeat("x", api.MaxMapping+1)}, program, file}, 400, "mapping"},
		"a mapping not in UTF-8": {[][2]string{{"mapping", "\xff"}, program, file}, 400, "mapping"},
		"a mapping of nothing":   {[][2]string{{"mapping", ""}, program, file}, 400, "mapping"},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			body, contentType := importBody(c.parts)
			a := w.want(w.do(call{"POST", "/v1/imports", w.shop.token["owner"], body, map[string]string{"Content-Type": contentType}}), c.status)
			if a.text("field") != c.field {
				t.Errorf("field %q, want %q: %s", a.text("field"), c.field, a.body)
			}
		})
	}
	body, contentType := importBody([][2]string{mapping, program, {"dry_run", "true"}, file})
	late, lateType := importBody([][2]string{mapping, program, file, {"dry_run", "true"}})
	for name, c := range map[string]struct {
		body, contentType string
		status            int
	}{
		"cut off before dry_run": {late[:strings.Index(late, `Content-Disposition: form-data; name="dry_run"`)], lateType, 400},
		"cut off in the middle":  {body[:len(body)-20], contentType, 400},
		"cut off in the file":    {body[:strings.Index(body, "a;b")+2], contentType, 400},
		"without a boundary":     {body, "multipart/form-data", 415},
		"with another boundary":  {body, "multipart/form-data; boundary=other", 400},
		"JSON":                   {"{}", "application/json", 415},
		"a path for a name":      {strings.Replace(body, "receipts.csv", "..", 1), contentType, 400},
		"a name with direction":  {strings.Replace(body, "receipts.csv", "a\u202eb.csv", 1), contentType, 400},
		"a file without a name":  {strings.Replace(body, `; filename="receipts.csv"`, "", 1), contentType, 400},
		"a file of 65 megabytes": {strings.Replace(body, "a;b", strings.Repeat("x", api.MaxImportFile+1), 1), contentType, 413},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.want(w.do(call{"POST", "/v1/imports", w.shop.token["owner"], c.body, map[string]string{"Content-Type": c.contentType}}), c.status)
		})
	}
	if w.dump() != before {
		t.Error("a bad import left something")
	}
	if left := must(filepath.Glob(filepath.Join(os.TempDir(), "leima-upload-*"))); len(left) != 0 {
		t.Errorf("files were left behind: %v", left)
	}
}
