package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/wallet/samsung/samsungtest"
)

// samsungFiles are the settings of a partner as an administrator has them.
func samsungFiles(t *testing.T) map[string]string {
	t.Helper()
	folder := t.TempDir()
	values := map[string]string{samsungPartner: samsungtest.PartnerID, samsungCertificateID: samsungtest.CertificateID, samsungCard: samsungtest.CardID}
	for name, data := range map[string][]byte{samsungKey: samsungtest.PartnerKey(), samsungCertificate: samsungtest.SamsungKey()} {
		values[name] = filepath.Join(folder, name+".pem")
		if err := os.WriteFile(values[name], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

func TestTheContractWithSamsungIsCheckedAtStart(t *testing.T) {
	for name, c := range map[string]struct {
		change func(v map[string]string)
		base   string
		// want is part of what doctor says, and of what the server does not start with if
		// fails is set.
		want  string
		fails bool
	}{
		"as it should be":  {base: publicBase, want: "partner " + samsungtest.PartnerID + " card " + samsungtest.CardID + "; its portal needs the address " + publicBase + "/samsung"},
		"none":             {change: func(v map[string]string) { clear(v) }, want: "no partner id: cards are not offered for it"},
		"without https":    {base: "http://cards.example.org", want: "http://cards.example.org is not an https address", fails: true},
		"no base URL":      {want: "is not an https address", fails: true},
		"no card":          {base: publicBase, change: func(v map[string]string) { delete(v, samsungCard) }, want: "--samsung-card-id is not", fails: true},
		"a key only":       {base: publicBase, change: func(v map[string]string) { delete(v, samsungPartner) }, want: "--samsung-partner-id is not", fails: true},
		"a file not there": {base: publicBase, change: func(v map[string]string) { v[samsungKey] = "/nowhere/key.pem" }, want: "the file of --samsung-key cannot be read", fails: true},
		"keys the wrong way": {base: publicBase, change: func(v map[string]string) {
			v[samsungKey], v[samsungCertificate] = v[samsungCertificate], v[samsungKey]
		}, want: "the private key: it cannot be read", fails: true},
		"an id of a sentence": {base: publicBase, change: func(v map[string]string) { v[samsungPartner] = "our partner id" }, want: "the partner id is not of 1 to 64", fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			values := samsungFiles(t)
			if c.change != nil {
				c.change(values)
			}
			sh := withApple(values, c.base, time.Now())
			if got := sh.checkSamsung(); !strings.Contains(got.Detail, c.want) || got.OK == c.fails || !got.OK && got.WayOut == "" {
				t.Errorf("doctor says %+v, want %q", got, c.want)
			}
			_, err := sh.openGalaxy()
			if c.fails != (err != nil) || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("the server starts with %v, want %q", err, c.want)
			}
		})
	}
}

func TestMetricsTellOfNotificationsToSamsung(t *testing.T) {
	m := newMetrics(thisBuild())
	told := m.samsungNotifications()
	told(true)
	must(t, scrape(t, m), map[string]string{
		`leima_samsung_notifications_total{result="sent"}`:   "1",
		`leima_samsung_notifications_total{result="failed"}`: "0",
	})
	if none := (*metrics)(nil); none.samsungNotifications() != nil {
		t.Error("a server that counts nothing counts notifications")
	}
}
