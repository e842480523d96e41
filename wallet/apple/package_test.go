package apple_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leima/leima/wallet/apple"
	"github.com/skip2/go-qrcode"
)

func TestTheManifestNamesEveryFileByItsDigest(t *testing.T) {
	files := unpacked(t, made(t, pharmacy(t), aino()).Package)
	var manifest map[string]string
	if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for name, data := range files {
		if name != "manifest.json" && name != "signature" {
			digest := sha1.Sum(data)
			want[name] = hex.EncodeToString(digest[:])
		}
	}
	if diff := cmp.Diff(want, manifest); diff != "" {
		t.Errorf("the manifest (-files +manifest):\n%s", diff)
	}
	names := slices.Sorted(maps.Keys(files))
	for _, name := range []string{"icon.png", "icon@2x.png", "icon@3x.png", "logo.png", "strip.png", "strip@2x.png", "strip@3x.png", "pass.json", "fi.lproj/pass.strings", "ru.lproj/pass.strings"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing among %v", name, names)
		}
	}
}

func TestThePicturesHaveTheSizesThatPhonesExpect(t *testing.T) {
	files := unpacked(t, made(t, pharmacy(t), aino()).Package)
	for name, want := range map[string][2]int{
		"icon.png": {29, 29}, "icon@2x.png": {58, 58}, "icon@3x.png": {87, 87},
		"logo.png": {160, 50}, "logo@2x.png": {320, 100}, "logo@3x.png": {480, 150},
		"strip.png": {375, 144}, "strip@2x.png": {750, 288}, "strip@3x.png": {1125, 432},
	} {
		c, err := png.DecodeConfig(bytes.NewReader(files[name]))
		if err != nil || c.Width != want[0] || c.Height != want[1] {
			t.Errorf("%s is %d × %d (%v), want %v", name, c.Width, c.Height, err, want)
		}
	}
}

func TestNothingInAPassIsCompressed(t *testing.T) {
	packed := made(t, pharmacy(t), aino()).Package
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		if f.Method != zip.Store || f.Flags&8 != 0 {
			t.Errorf("%s: method %d, flags %x", f.Name, f.Method, f.Flags)
		}
	}
}

// program returns where another program is, or skips the test.
func program(t *testing.T, name, debianPackage string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (Debian: %s)", name, debianPackage)
	}
	return path
}

// run runs a program with what it reads; a failure ends the test.
func run(t *testing.T, stdin []byte, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Stdin = bytes.NewReader(stdin)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, complaints.String())
	}
	return string(out)
}

// saved writes files into a folder of the test's own and returns its path.
func saved(t *testing.T, files map[string][]byte) string {
	t.Helper()
	folder := t.TempDir()
	for name, data := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestOpenSSLFindsTheSignatureGood(t *testing.T) {
	openssl := program(t, "openssl", "openssl")
	files := unpacked(t, made(t, pharmacy(t), aino()).Package)
	files["root.pem"] = demo().Root
	files["forged.json"] = bytes.Replace(files["manifest.json"], []byte("pass.json"), []byte("pass.jsom"), 1)
	folder := saved(t, files)
	in := func(name string) string { return filepath.Join(folder, name) }
	// The certificates of the demo are valid from an hour before the tests' instant.
	at := fmt.Sprint(instant.Unix())
	verify := func(command, manifest string) []string {
		return []string{
			command, "-verify", "-binary", "-inform", "DER", "-in", in("signature"), "-content", in(manifest),
			"-CAfile", in("root.pem"), "-purpose", "any", "-attime", at, "-out", os.DevNull,
		}
	}
	for _, command := range []string{"cms", "smime"} {
		run(t, nil, openssl, verify(command, "manifest.json")...)
		if out, err := exec.CommandContext(t.Context(), openssl, verify(command, "forged.json")...).CombinedOutput(); err == nil {
			t.Errorf("openssl %s takes a forged manifest: %s", command, out)
		}
	}
	described := run(t, nil, openssl, "cms", "-cmsout", "-print", "-inform", "DER", "-in", in("signature"))
	for _, part := range []string{"signingTime", "sha256", "eContent: <ABSENT>", "Leima Demo Intermediate", shop.PassType, shop.Team} {
		if !strings.Contains(described, part) {
			t.Errorf("the signature says nothing of %s", part)
		}
	}
}

func TestBsdtarReadsAPassFromAPipe(t *testing.T) {
	bsdtar := program(t, "bsdtar", "libarchive-tools")
	p := made(t, pharmacy(t), aino())
	files := unpacked(t, p.Package)
	listed := strings.Fields(run(t, p.Package, bsdtar, "-tf", "-"))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(files)), slices.Sorted(slices.Values(listed))); diff != "" {
		t.Errorf("bsdtar lists (-there +listed):\n%s", diff)
	}
	for name, data := range files {
		if out := run(t, p.Package, bsdtar, "-xOf", "-", name); out != string(data) {
			t.Errorf("%s comes out as %d bytes, it has %d", name, len(out), len(data))
		}
	}
}

// TestScannersReadTheCode draws the codes as a phone would and has them read by another
// program. Codes are ASCII: scanners guess the characters of all others, and guess wrong.
func TestScannersReadTheCode(t *testing.T) {
	zbarimg := program(t, "zbarimg", "zbar-tools")
	for _, content := range []string{"LM7K2P9QXTR4", "HTTPS://LEIMA.EXAMPLE/C/ABC"} {
		card := aino()
		card.Code = content
		code := document(t, made(t, pharmacy(t), card)).Barcodes[0]
		picture, err := qrcode.Encode(code.Message, qrcode.Medium, 400)
		if err != nil {
			t.Fatal(err)
		}
		folder := saved(t, map[string][]byte{"code.png": picture})
		read := strings.TrimSpace(run(t, nil, zbarimg, "--quiet", "--raw", "--set", "*.enable=0", "--set", "qrcode.enable=1", filepath.Join(folder, "code.png")))
		if read != content {
			t.Errorf("it reads %q, want %q", read, content)
		}
	}
}

func TestOtherPeoplesSchemaTakesTheDocument(t *testing.T) {
	check := filepath.Join("..", "..", "tools", "pass-schema")
	if _, err := os.Stat(filepath.Join(check, "node_modules", "passkit-generator")); err != nil {
		t.Skip("passkit-generator is not there: tools/node-packages.sh tools/pass-schema fetches it")
	}
	node := program(t, "node", "nodejs")
	for name, p := range goldenPasses(t) {
		folder := saved(t, map[string][]byte{name: unpacked(t, p.Package)["pass.json"]})
		run(t, nil, node, filepath.Join(check, "check.mjs"), filepath.Join(folder, name))
	}
	wrong := saved(t, map[string][]byte{"pass.json": []byte(`{"formatVersion":1,"storeCard":{"headerFields":[{"value":"no key"}]}}`)})
	if err := exec.CommandContext(t.Context(), node, filepath.Join(check, "check.mjs"), filepath.Join(wrong, "pass.json")).Run(); err == nil {
		t.Error("the schema takes a document in which nearly everything is missing")
	}
}

func TestABundleHoldsAtMostTenPasses(t *testing.T) {
	maker, full := apple.NewMaker(demo().Identity, apple.CacheLimits{}), template(t, pharmacy(t))
	var passes []*apple.Pass
	for n := range apple.MaxBundle + 1 {
		card := aino()
		card.Serial = fmt.Sprintf("card-%d", n)
		p, err := maker.Pass(full, card)
		if err != nil {
			t.Fatal(err)
		}
		passes = append(passes, p)
	}
	bundle, err := apple.Bundle(passes[:apple.MaxBundle])
	if err != nil {
		t.Fatal(err)
	}
	files := unpacked(t, bundle)
	if len(files) != apple.MaxBundle || !bytes.Equal(files["pass-10.pkpass"], passes[9].Package) {
		t.Errorf("it holds %d files", len(files))
	}
	for name, wrong := range map[string][]*apple.Pass{
		"none": nil, "eleven": passes, "the same twice": {passes[0], passes[0]},
	} {
		if _, err := apple.Bundle(wrong); !errors.Is(err, apple.ErrBundle) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFinishedPassIsKeptUntilSomethingChanges(t *testing.T) {
	maker, full := apple.NewMaker(demo().Identity, apple.CacheLimits{Passes: 2}), template(t, pharmacy(t))
	get := func(of *apple.Template, c apple.Card) *apple.Pass {
		t.Helper()
		p, err := maker.Pass(of, c)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	card := aino()
	first := get(full, card)
	if get(full, card) != first {
		t.Error("the same card was signed twice")
	}
	stamped := card
	stamped.Version, stamped.Stamps = 8, 8
	if second := get(full, stamped); second == first || bytes.Equal(unpacked(t, second.Package)["strip.png"], unpacked(t, first.Package)["strip.png"]) {
		t.Error("a stamped card has the old pass")
	}
	red := pharmacy(t)
	red.Version, red.Background.R = "red", 200
	if get(template(t, red), card) == first {
		t.Error("another design has the old pass")
	}
	if s := maker.Stats(); s.Passes.Entries != 2 || s.Passes.Hits != 1 || s.Strips.Entries != 2 {
		t.Errorf("the caches hold %+v", s)
	}
}

func TestManyPhonesAtOnce(t *testing.T) {
	maker, full := apple.NewMaker(demo().Identity, apple.CacheLimits{}), template(t, pharmacy(t))
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			card := aino()
			card.Serial, card.Stamps, card.Version = fmt.Sprintf("card-%d", n%4), n%11, int64(n)
			p, err := maker.Pass(full, card)
			if err != nil {
				t.Error(err)
				return
			}
			if want := fmt.Sprintf("%q", card.Serial); !strings.Contains(string(unpacked(t, p.Package)["pass.json"]), want) {
				t.Errorf("the pass is not of %s", want)
			}
		})
	}
	all.Wait()
}
