package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/receipt/receipttest"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
)

// key makes an API key of the house with the scopes.
func (h *house) key(t *testing.T, scopes ...access.Permission) string {
	t.Helper()
	k := access.APIKey{Name: "test", Scopes: access.SetOf(scopes...)}
	_, token, err := makeAPIKey(t.Context(), h.store, h.plan.Organization, k, time.Now().UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// post sends a body and returns the answer's members.
func (h *house) post(t *testing.T, path, token, mediaType string, body io.Reader) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", mediaType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var members map[string]any
	if err := json.NewDecoder(response.Body).Decode(&members); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, members
}

// Somebody joins as on the public form; the link that the console sender writes opens
// the page that confirms it.
func TestTheLinkOfAConfirmationOpensItsPage(t *testing.T) {
	h := open(t, nothingMore)
	status, card := h.post(t, "/v1/programs/"+h.plan.Program.ID+"/cards", h.key(t, access.CardsJoin), "application/json",
		strings.NewReader(`{"first_name":"Aino","email":"aino@example.org","locale":"fi"}`))
	if status != http.StatusCreated {
		t.Fatalf("joining answers %d: %v", status, card)
	}
	link := regexp.MustCompile(regexp.QuoteMeta(h.base) + `/confirm/\S+`)
	if err := eventually("the message with the link", func() bool { return link.MatchString(h.log.String()) }); err != nil {
		t.Fatal(err)
	}
	address := link.FindString(h.log.String())
	if status, page := fetch(t, address); status != http.StatusOK || !strings.Contains(page, "Leimala") {
		t.Errorf("%s answers %d", address, status)
	}
}

// A file that is sent to the server is imported behind its back and can be followed.
func TestAnUploadGoesThroughTheWholeServer(t *testing.T) {
	h := open(t, nothingMore)
	data := receipttest.Generate(receipttest.Shape{Seed: 1, Households: 5, Stores: 2, Baskets: 40, Lines: 60})
	mapping, err := os.ReadFile(filepath.Join("..", "..", "deploy", "maps", "retail-receipts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "year.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.Write(data.CSV)
	err = errors.Join(err, form.WriteField("mapping", string(mapping)), form.WriteField("program_id", h.plan.Program.ID), form.Close())
	if err != nil {
		t.Fatal(err)
	}
	status, run := h.post(t, "/v1/imports", h.key(t, access.ImportsWrite), form.FormDataContentType(), &body)
	if status != http.StatusAccepted {
		t.Fatalf("the upload answers %d: %v", status, run)
	}
	id, _ := run["id"].(string)
	err = eventually("the import is done", func() bool {
		got, err := h.store.Import(t.Context(), h.plan.Organization.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		return got.Status == "done" && got.Counts.Stamped == int64(len(data.Baskets))
	})
	if err != nil {
		t.Error(err)
	}
}

// Ctrl-C stops an import between two batches and says how to go on; the same command
// then finishes it.
func TestAnImportStoppedByCtrlCGoesOn(t *testing.T) {
	folder := t.TempDir()
	data := receipttest.Generate(receipttest.Shape{Seed: 2, Households: 90, Stores: 3, Baskets: 12 * loyalty.MaxBatch, Lines: 12 * loyalty.MaxBatch})
	file := filepath.Join(folder, "year.csv")
	if err := os.WriteFile(file, data.CSV, 0o600); err != nil {
		t.Fatal(err)
	}
	shop := filepath.Join(folder, "shop")
	made := command(t, nil, "", "org", "create", "--data", shop, "--slug", "kulma", "--name", "Kulma", "--program", "Cards", "--reward", "Gift", "--json")
	var org createdOrg
	if err := json.Unmarshal([]byte(made.out), &org); err != nil {
		t.Fatal(err, made.errors)
	}
	order := []string{"import", "receipts", "--data", shop, "--map", filepath.Join("..", "..", "deploy", "maps", "retail-receipts.yaml"), file}
	st := openTestStore(t, filepath.Join(shop, databaseName))
	stamps := func() int64 {
		s, err := st.Stats(t.Context(), org.OrgID, org.ProgramID, time.Now().UnixMilli())
		if err != nil {
			t.Fatal(err)
		}
		return s.Stamps
	}

	var out, errs bytes.Buffer
	c := exec.CommandContext(t.Context(), "leima", order...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if err := eventually("the first batch", func() bool { return stamps() > 0 }); err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		t.Fatalf("the import ended with %v, want exit code %d: %s", err, exitInterrupted, errs.String())
	}
	if !strings.Contains(errs.String(), "Run the same command again") {
		t.Errorf("it does not say how to go on: %s", errs.String())
	}
	if n := stamps(); n == 0 || n%loyalty.MaxBatch != 0 || n >= int64(len(data.Baskets)) {
		t.Errorf("%d stamps were entered, want whole batches and not all", n)
	}
	if r := command(t, nil, "", order...); r.code != exitOK {
		t.Fatalf("the second try ended with %d: %s", r.code, r.errors)
	}
	if n := stamps(); n != int64(len(data.Baskets)) {
		t.Errorf("%d stamps are there, want %d", n, len(data.Baskets))
	}
	cards, err := st.Cards(t.Context(), org.OrgID, org.ProgramID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range cards.Items {
		if want := data.BasketsOf[v.Customer.ExternalRef] % 10; v.Card.Balance != want {
			t.Errorf("household %s has %d stamps, want %d", v.Customer.ExternalRef, v.Card.Balance, want)
		}
	}
}

// The demo's data is the same on PostgreSQL, also if making it up is stopped.
func TestTheDemoOnPostgreSQL(t *testing.T) {
	st, err := store.Open(t.Context(), store.Config{URL: storetest.NewDatabase(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // the database goes with the test
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	first := seeder{store: st, now: func() time.Time { return noon }, progress: func(done, _ int) {
		if done >= 1_500 {
			stop()
		}
	}}
	if _, _, err := first.seed(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want it to be cancelled", err)
	}
	second := seeder{store: st, now: func() time.Time { return noon.Add(time.Hour) }, progress: func(int, int) {}}
	if _, _, err := second.seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustBeTheDemo(t, st)
}
