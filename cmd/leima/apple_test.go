package main

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/leima/leima/wallet/apple"
)

// certificateFiles writes the identity of these tests as an administrator has it.
func certificateFiles(t *testing.T) map[string]string {
	t.Helper()
	folder := t.TempDir()
	files := madeUp().Files
	paths := map[string]string{}
	for name, data := range map[string][]byte{appleCertificate: files.Certificate, appleKey: files.Key, appleWWDR: files.Intermediate} {
		paths[name] = filepath.Join(folder, name+".pem")
		if err := os.WriteFile(paths[name], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	paths[applePassType], paths[appleTeam] = testPassType, "ABCDE12345"
	return paths
}

// anotherIdentity returns the files of a certificate for the same pass type that another
// authority has issued.
func anotherIdentity(t *testing.T) map[string]string {
	t.Helper()
	made, err := apple.NewDemoIdentity(apple.Expected{PassType: testPassType, Team: "ABCDE12345"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	paths := map[string]string{appleWWDR: filepath.Join(folder, "wwdr.pem"), appleKey: filepath.Join(folder, "key.pem")}
	for path, text := range map[string][]byte{paths[appleWWDR]: made.Files.Intermediate, paths[appleKey]: made.Files.Key} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// withApple is a shell with these settings.
func withApple(values map[string]string, base string, now time.Time) *shell {
	return &shell{now: func() time.Time { return now }, settings: settings{BaseURL: base, values: values}}
}

func TestTheCertificateIsCheckedAtStart(t *testing.T) {
	for name, c := range map[string]struct {
		change func(v map[string]string)
		base   string
		after  time.Duration
		// want is part of what doctor says, and start what the server does; "" is that it starts.
		want, start string
	}{
		"as it should be":  {base: publicBase, want: testPassType + ", valid until"},
		"none":             {change: func(v map[string]string) { clear(v) }, want: "no certificate: cards are not offered as passes"},
		"without https":    {base: "http://cards.example.org", want: "by https only"},
		"ends soon":        {base: publicBase, after: 380 * 24 * time.Hour, want: "ends on"},
		"ended":            {base: publicBase, after: 400 * 24 * time.Hour, want: "expired on", start: "expired on"},
		"another type":     {change: func(v map[string]string) { v[applePassType] = "pass.other" }, want: "is for the pass type", start: "is for the pass type"},
		"another team":     {change: func(v map[string]string) { v[appleTeam] = "OTHER12345" }, want: "is of the team", start: "is of the team"},
		"no team":          {change: func(v map[string]string) { delete(v, appleTeam) }, want: "--apple-team is not", start: "--apple-team is not"},
		"no certificate":   {change: func(v map[string]string) { delete(v, appleCertificate) }, want: "--apple-certificate is not", start: "--apple-certificate is not"},
		"no key":           {change: func(v map[string]string) { delete(v, appleKey) }, want: "private key is missing", start: "private key is missing"},
		"a file not there": {change: func(v map[string]string) { v[appleKey] = "/nowhere/key.pem" }, want: "cannot be read", start: "cannot be read"},
		"wrong WWDR":       {change: func(v map[string]string) { v[appleWWDR] = v[appleCertificate] }, want: "is the certificate of the pass type itself", start: "pass type itself"},
		"WWDR of another issuer": {
			change: func(v map[string]string) { v[appleWWDR] = anotherIdentity(t)[appleWWDR] },
			want:   "did not issue the certificate", start: "did not issue the certificate",
		},
		"key of another certificate": {
			change: func(v map[string]string) { v[appleKey] = anotherIdentity(t)[appleKey] },
			want:   "does not belong to the certificate", start: "does not belong to the certificate",
		},
	} {
		t.Run(name, func(t *testing.T) {
			values := certificateFiles(t)
			if c.change != nil {
				c.change(values)
			}
			sh := withApple(values, c.base, time.Now().Add(c.after))
			if got := sh.checkApple(); !strings.Contains(got.Detail, c.want) || !got.OK && got.WayOut == "" {
				t.Errorf("doctor says %+v, want %q", got, c.want)
			}
			_, err := sh.openWallet()
			if (c.start == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.start) {
				t.Errorf("the server starts with %v, want %q", err, c.start)
			}
		})
	}
}

// A demo makes a certificate up once: passes stay valid over a restart.
func TestADemoMakesItsOwnCertificate(t *testing.T) {
	sh := withApple(map[string]string{}, "", time.Now())
	sh.settings.Data = t.TempDir()
	var certificates []string
	for range 2 {
		made, err := sh.demoWallet()
		if err != nil || !made.madeUp || made.pusher != nil {
			t.Fatalf("%+v, %v", made, err)
		}
		certificates = append(certificates, string(made.identity.TLSCertificate().Certificate[0]))
	}
	if certificates[0] != certificates[1] {
		t.Error("after a restart the demo has another certificate")
	}
	info, err := os.Stat(filepath.Join(sh.settings.Data, demoIdentityName))
	if err != nil || info.Mode().Perm() != demoNoteMode {
		t.Errorf("the file with the key: %v, %v", info, err)
	}
	given, err := withApple(certificateFiles(t), "", time.Now()).demoWallet()
	if err != nil || given.madeUp || given.identity.PassType != testPassType {
		t.Errorf("a demo with a certificate: %+v, %v", given, err)
	}
}

// Keychain Access exports one file with everything.
func TestACertificateIsReadFromOneFileWithAPassword(t *testing.T) {
	given := madeUp().TLSCertificate()
	intermediate, err := x509.ParseCertificate(given.Certificate[1])
	if err != nil {
		t.Fatal(err)
	}
	data, err := pkcs12.Modern.Encode(given.PrivateKey, given.Leaf, []*x509.Certificate{intermediate}, "hush")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "pass.p12")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{appleCertificate: path, applePassType: testPassType, appleTeam: "ABCDE12345", applePassword: "hush"}
	made, err := withApple(values, publicBase, time.Now()).openWallet()
	if err != nil || made.identity.PassType != testPassType || made.pusher == nil {
		t.Errorf("%+v, %v", made, err)
	}
	values[applePassword] = "guess"
	if _, err := withApple(values, publicBase, time.Now()).openWallet(); err == nil || !strings.Contains(err.Error(), "another password") {
		t.Errorf("with another password: %v", err)
	}
}
