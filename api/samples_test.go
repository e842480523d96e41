package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
)

// sample is a request that an operation takes.
type sample struct {
	// body in which {name} stands for an id of a tenant; see tenant.fill.
	body string
	// holder is somebody who may do it.
	holder string
	status int
	// rank orders those that need something after those that leave it alone.
	rank int
	// query is what must stand behind the path, in the manner of body.
	query string
}

const designBody = `{"colors":{"background":"#0b6e4f","foreground":"#ffffff","label":"#cfe8df","ink":"#ffd400"},` +
	`"icon":"heart","rows":2,"barcode":"aztec","front":["holder","next"],"artwork":{}}`

// samples has one for every operation of the contract, by operationId.
var samples = map[string]sample{
	"getMe":                  {"", "till", 200, 0, ""},
	"getOrganization":        {"", "marketer", 200, 0, ""},
	"updateOrganization":     {`{"name":"New","country":"FI","locale":"sv","zone":"Europe/Stockholm","brand":{"color":"#112233","text_color":"#ffffff","accent_color":"","texts":{"fi":{"welcome":"Hei!","card_title":"Kortti","terms":"Yksi.\nKaksi.","terms_url":"https://example.org/ehdot","privacy_url":"https://example.org/tietosuoja"}}}}`, "owner", 200, 1, ""},
	"getDemoData":            {"", "owner", 200, 0, ""},
	"removeDemoData":         {`{"confirm":"another"}`, "owner", 400, 0, ""},
	"setLogo":                {"picture", "owner", 200, 2, ""},
	"deleteLogo":             {"", "owner", 200, 3, ""},
	"listLocations":          {"", "cashier", 200, 0, ""},
	"createLocation":         {`{"name":"Third","address":"Street 1","zone":"Europe/Helsinki","external_ref":"3","coordinates":{"latitude":"60.1699","longitude":"24.9384"}}`, "manager", 201, 0, ""},
	"getLocation":            {"", "cashier", 200, 0, ""},
	"updateLocation":         {`{"name":"Other","address":"","zone":"Europe/Helsinki","external_ref":"9","coordinates":{"latitude":"-33.5","longitude":"151"}}`, "manager", 200, 1, ""},
	"listStaff":              {"", "manager", 200, 0, ""},
	"createStaff":            {`{"name":"Aino","email":"a@example.org","role":"cashier","locale":"fi","location_id":"{location_id}"}`, "manager", 201, 0, ""},
	"getStaff":               {"", "manager", 200, 0, ""},
	"updateStaff":            {`{"name":"Aino","email":"","role":"cashier","locale":"fi","location_id":null,"active":true}`, "manager", 200, 1, ""},
	"setStaffPin":            {`{"pin":"482915"}`, "manager", 204, 1, ""},
	"listTills":              {"", "manager", 200, 0, ""},
	"pairTill":               {`{"code":"leimala-2222-2222"}`, "", 401, 0, ""},
	"unpairTill":             {"", "manager", 204, 9, ""},
	"createTillPairingCode":  {`{"name":"Counter 2","location_id":"{location_id}"}`, "manager", 201, 0, ""},
	"listTillStaff":          {"", "till", 200, 0, ""},
	"createTillSession":      {`{"staff_id":"{staff_id}","pin":"482915"}`, "till", 201, 0, ""},
	"endTillSession":         {"", "cashier", 404, 0, ""},
	"listPrograms":           {"", "till", 200, 0, ""},
	"createProgram":          {programBody(`,"status":"draft"`), "manager", 201, 0, ""},
	"tryProgramOut":          {`{"program":` + programBody("") + `,"at":"2026-03-03T07:00:00Z","steps":[{"kind":"stamp","at":"2026-03-02T07:00:00Z","quantity":1}]}`, "manager", 200, 0, ""},
	"getProgram":             {"", "till", 200, 0, ""},
	"updateProgram":          {`{"name":{"en":"Card"},"rewards":[{"kind":"main","name":{"en":"Tea"}}],"status":"active","goal":12,"welcome_stamps":1,"limits":{"max_per_scan":50,"max_per_card_day":90,"cool_down_seconds":0,"max_per_staff_day":0,"redeem_offline":true},"starts_at":null,"ends_at":"2030-01-01T00:00:00Z"}`, "manager", 200, 1, ""},
	"getPassDesign":          {"", "manager", 200, 0, ""},
	"setPassDesign":          {designBody, "manager", 200, 1, ""},
	"addArtwork":             {"picture", "manager", 201, 1, ""},
	"drawStrip":              {`{"design":` + designBody + `,"size":10,"count":4}`, "manager", 200, 0, ""},
	"getProgramStats":        {"", "till key", 200, 0, ""},
	"getTotals":              {"", "till key", 200, 0, "?from=2026-03-01&to=2026-03-08&program_id={program_id}&location_id={location_id}"},
	"listProgramCards":       {"", "till key", 200, 0, ""},
	"joinProgram":            {`{"first_name":"A","last_name":"B","phone":"+358401112233","email":"a@example.org","locale":"fi","consents":[{"text_id":"{text_id}","granted":true}],"location_id":"{location_id}"}`, "till key", 201, 0, ""},
	"getCard":                {"", "till key", 200, 0, ""},
	"getPassStats":           {"", "marketer", 200, 0, ""},
	"listCardPasses":         {"", "till key", 200, 0, ""},
	"listStalePasses":        {"", "till key", 200, 0, "?wallet=apple"},
	"getCardPass":            {"", "till key", 200, 0, ""},
	"getCardGooglePass":      {"", "till key", 200, 0, ""},
	"getCustomerPasses":      {"", "till key", 200, 0, ""},
	"listCardEntries":        {"", "till key", 200, 0, ""},
	"listCardCoupons":        {"", "till key", 200, 0, ""},
	"revokeCard":             {"", "till key", 204, 9, ""},
	"setOldNumber":           {`{"old_number":"6400001234565"}`, "till key", 204, 1, ""},
	"reissueCard":            {"", "till key", 200, 8, ""},
	"adjustCard":             {`{"quantity":2,"reason":"Mistake","location_id":"{location_id}"}`, "manager", 201, 2, ""},
	"createScan":             {`{"code":"{code}","program_id":"{program_id}","location_id":"{location_id}"}`, "till key", 200, 0, ""},
	"createStamp":            {`{"card_id":"{card_id}","quantity":2,"location_id":"{location_id}","external_ref":"r 1","at":"2026-03-02T06:59:00Z"}`, "till key", 201, 2, ""},
	"listCoupons":            {"", "till key", 200, 0, "?status=issued&from=2026-03-01&to=2026-03-08"},
	"getCoupon":              {"", "till key", 200, 0, ""},
	"redeemCoupon":           {`{"location_id":"{location_id}"}`, "till key", 201, 3, ""},
	"getEntry":               {"", "till key", 200, 0, ""},
	"reverseEntry":           {`{"reason":"Wrong card","location_id":"{location_id}"}`, "till key", 201, 4, ""},
	"listCustomers":          {"", "marketer", 200, 0, ""},
	"getCustomer":            {"", "marketer", 200, 0, ""},
	"updateCustomer":         {`{"first_name":"C","last_name":"D","phone":"+358407770000","email":"c@example.org","locale":"sv","external_ref":"c 1"}`, "manager", 200, 1, ""},
	"listCustomerCards":      {"", "marketer", 200, 0, ""},
	"blockCustomer":          {`{"reason":"Somebody else's receipts"}`, "manager", 200, 9, ""},
	"unblockCustomer":        {"", "manager", 204, 9, ""},
	"listCustomerBlocks":     {"", "marketer", 200, 0, ""},
	"previewMerge":           {`{"other_customer_id":"{other_customer_id}"}`, "manager", 200, 0, ""},
	"mergeCustomers":         {`{"other_customer_id":"{other_customer_id}"}`, "manager", 201, 4, ""},
	"listCustomerMerges":     {"", "marketer", 200, 0, ""},
	"undoMerge":              {"", "manager", 200, 3, ""},
	"listCustomerConsents":   {"", "marketer", 200, 0, ""},
	"recordCustomerConsents": {`{"decisions":[{"text_id":"{text_id}","granted":true}],"locale":"fi"}`, "manager", 200, 0, ""},
	"listConsentTexts":       {"", "join key", 200, 0, ""},
	"createConsentText":      {`{"purpose":"marketing","channel":"email","text":{"en":"Two\nlines."},"position":3}`, "owner", 201, 1, ""},
	"listAPIKeys":            {"", "manager", 200, 0, ""},
	"createAPIKey":           {`{"name":"Shop","scopes":["stamps:write"],"location_id":"{location_id}"}`, "owner", 201, 0, ""},
	"revokeAPIKey":           {"", "owner", 204, 9, ""},
	"listImports":            {"", "marketer", 200, 0, ""},
	"createImport":           {"multipart", "manager", 202, 0, ""},
	"getImport":              {"", "marketer", 200, 0, ""},
	"exportList":             {"", "manager", 200, 0, "?format=csv&mark=true&from=2026-03-01&to=2026-03-08"},
	"listActivity":           {"", "marketer", 200, 0, "?limit=20"},
	"listAuditLog":           {"", "manager", 200, 0, "?action=staff.added&from=2026-03-01&to=2026-03-08"},
	"getImportErrorFile":     {"", "marketer", 200, 0, ""},
	"stopImport":             {"", "manager", 409, 0, ""},
	"listImportErrors":       {"", "marketer", 200, 0, ""},
	"listReviews":            {"", "manager", 200, 0, "?state=open&location_id={location_id}&from=2026-03-01&to=2026-03-08"},
	"createReview":           {`{"kind":"stamp","card_id":"{card_id}","quantity":2,"at":"2026-03-02T06:59:00Z","staff_id":"{staff_id}","location_id":"{location_id}","device_count":7,"reason":"Forgot","refusal":"daily_limit_reached"}`, "till key", 201, 0, ""},
	"decideReview":           {`{"action":"adjust","reason":"The till was right","quantity":2,"card_id":"{card_id}"}`, "manager", 200, 3, ""},
}

func programBody(more string) string {
	return `{"name":{"en":"Card","fi":"Kortti"},"goal":8,"welcome_stamps":1,"limits":{"max_per_scan":5,"max_per_card_day":9,` +
		`"cool_down_seconds":60,"max_per_staff_day":100,"redeem_offline":false},"rewards":[{"kind":"main","name":{"en":"5 € off"},"valid_for":"P6M"},` +
		`{"kind":"milestone","at":4,"name":{"en":"Balm"}}],"starts_at":"2026-01-01T00:00:00Z","ends_at":"2030-01-01T00:00:00Z"` + more + `}`
}

// fill puts the tenant's ids in the place of their names in braces.
func (x *tenant) fill(s string) string {
	return strings.NewReplacer(
		"{location_id}", x.location, "{staff_id}", x.staff["cashier"], "{till_id}", x.till, "{program_id}", x.program,
		"{card_id}", x.card, "{coupon_id}", x.coupon, "{entry_id}", x.entry, "{customer_id}", x.customer, "{api_key_id}", x.key,
		"{import_id}", x.imported, "{review_id}", x.review, "{text_id}", x.consentText, "{code}", x.code, "{list}", "customers",
		"{other_customer_id}", x.otherCustomer, "{merge_id}", x.merge,
	).Replace(s)
}

// may is what the holder of a credential may do.
func may(holder string) access.Set {
	switch holder {
	case "till key":
		return access.TillScopes
	case "join key":
		return access.SetOf(access.CardsJoin)
	case "full key":
		return access.ForRole(organization.RoleIntegration)
	case "till":
		return access.SetOf(access.TillSessions, access.ProgramsRead, access.LocationsRead, access.ReviewsRead, access.ReviewsWrite)
	}
	return access.ForRole(organization.Role(holder))
}

// operation is one of the contract with its sample.
type operation struct {
	sample
	id, method, template string
	o                    *openapi3.Operation
	// asks are the permissions of which one is enough; "any" and "none" as they stand.
	asks []string
}

// operations are those of the contract, those that others need first.
func operations(t *testing.T) []operation {
	t.Helper()
	var all []operation
	for template, item := range document().Paths.Map() {
		for method, o := range item.Operations() {
			s, ok := samples[o.OperationID]
			if !ok {
				t.Fatalf("%s has no sample", o.OperationID)
			}
			op := operation{sample: s, id: o.OperationID, method: method, template: template, o: o}
			switch x := o.Extensions["x-leima-permission"].(type) {
			case string:
				op.asks = []string{x}
			case []any:
				for _, name := range x {
					op.asks = append(op.asks, fmt.Sprint(name))
				}
			}
			all = append(all, op)
		}
	}
	slices.SortFunc(all, func(a, b operation) int {
		return strings.Compare(fmt.Sprint(a.rank, a.id), fmt.Sprint(b.rank, b.id))
	})
	return all
}

// allowed reports whether the contract lets the holder carry it out.
func (op operation) allowed(holder string) bool {
	return slices.ContainsFunc(op.asks, func(name string) bool {
		return name == "any" || name == "none" || may(holder).Has(access.Permission(name))
	})
}

// call is the sample request with the ids of one tenant and a credential.
func (op operation) call(ids *tenant, token string) call {
	c := call{method: op.method, path: ids.fill(op.template + op.query), token: token, body: ids.fill(op.body), header: map[string]string{}}
	for _, p := range op.o.Parameters {
		switch p.Value.Name {
		case "Idempotency-Key":
			c.header["Idempotency-Key"] = "sample of " + op.id
		case "If-Match":
			c.header["If-Match"] = `"1"`
		}
	}
	if op.body == "multipart" {
		c.body, c.header["Content-Type"] = importBody([][2]string{
			{"mapping", "format: csv"}, {"program_id", ids.program}, {"dry_run", "true"}, {"file", "a;b\n1;2\n"},
		})
	}
	if op.body == "picture" {
		c.body, c.header["Content-Type"] = pictureOf(20, 20), "image/png"
	}
	return c
}

// pictureOf is a PNG file.
func pictureOf(width, height int) string {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err)
	}
	return b.String()
}

// withQuery puts the parameter, as it is written, in the place of those of its name.
func withQuery(path, name, value string) string {
	path, query, _ := strings.Cut(path, "?")
	kept := []string{name + "=" + value}
	for part := range strings.SplitSeq(query, "&") {
		if part != "" && !strings.HasPrefix(part, name+"=") {
			kept = append(kept, part)
		}
	}
	return path + "?" + strings.Join(kept, "&")
}

// importBody is a multipart body of the parts; that named file is one.
func importBody(parts [][2]string) (body, contentType string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, p := range parts {
		if p[0] == "file" {
			_, _ = must(m.CreateFormFile("file", "receipts.csv")).Write([]byte(p[1]))
		} else if err := m.WriteField(p[0], p[1]); err != nil {
			panic(err)
		}
	}
	if err := m.Close(); err != nil {
		panic(err)
	}
	return b.String(), m.FormDataContentType()
}

func TestThereIsASampleForEveryOperationAndNoOther(t *testing.T) {
	var ids []string
	for _, op := range operations(t) {
		ids = append(ids, op.id)
	}
	slices.Sort(ids)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(samples)), ids); diff != "" {
		t.Errorf("samples and operations differ (-samples +contract):\n%s", diff)
	}
}

func TestEveryOperationWorks(t *testing.T) {
	w := newWorld(t)
	for _, op := range operations(t) {
		c := op.call(w.shop, w.shop.token[op.holder])
		if c.header["If-Match"] != "" {
			c.header["If-Match"] = w.do(call{"GET", c.path, c.token, "", nil}).header.Get("ETag")
		}
		if a := w.do(c); a.status != op.status {
			t.Errorf("%s: status %d, want %d: %s", op.id, a.status, op.status, a.body)
		}
	}
}

// idPattern finds ids of ours in a text.
var idPattern = regexp.MustCompile(`[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}`)
