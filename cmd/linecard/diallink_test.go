package main

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"linecard/app/instance"
	"linecard/crm/salesforce"
	orgsetup "linecard/crm/salesforce/setup"
	"linecard/sip"
	"linecard/test/interop"
)

// The formula field of the exported project makes a tel: link of a phone as it is stored, and Linecard must dial it, as the browser
// hands it over.
func TestDialLinksOfTheOrg(t *testing.T) {
	interop.Proves(t, "S7.2")
	files, err := orgsetup.Files(orgsetup.Options{Callbacks: salesforce.Callbacks(), Scopes: salesforce.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	for _, f := range files {
		if strings.HasSuffix(f.Path, "/Linecard_Dial__c.field-meta.xml") {
			fields++
			if !strings.Contains(string(f.Data), "HYPERLINK(&quot;tel:&quot; &amp; Phone, Phone)") {
				t.Errorf("%s makes another link", f.Path)
			}
		}
	}
	if fields != 3 {
		t.Errorf("%d fields make links", fields)
	}
	for stored, want := range map[string]string{
		"(415) 555-0132":        "4155550132",
		"+1 415 555 0132":       "+14155550132",
		"415.555.0132":          "4155550132",
		"+44 (0)20 7946 0958":   "+442079460958",
		"+49-30-901820":         "+4930901820",
		"2041":                  "2041",
		"+1 (415) 555-0132,204": "+14155550132,204",
	} {
		for _, link := range []string{"tel:" + stored, "tel:" + url.PathEscape(stored)} {
			if l, err := instance.ParseLink(link); err != nil || l.Number != want {
				t.Errorf("%s: %q, %v, want %q", link, l.Number, err, want)
			}
		}
	}
}

// What a link asks for keeps its host, and sips: too: an account whose server is reached in the clear refuses that one.
func TestALinkKeepsHostAndScheme(t *testing.T) {
	interop.Proves(t, "S7.2")
	for link, want := range map[string]string{
		"sip:2041@pbx.example":                "2041@pbx.example",
		"sip:2041":                            "2041",
		"sips:2041":                           "sips:2041",
		"sips:+1-415-555-0132@pbx.example;x=": "sips:+14155550132@pbx.example",
		"tel:+1-415-555-0132":                 "+14155550132",
	} {
		l, err := instance.ParseLink(link)
		if got := asked(l); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", link, got, err, want)
		}
		_, err = sip.Account{Server: "pbx.example", User: "2042"}.Dialable(asked(l))
		if refused := errors.Is(err, sip.ErrSecureCall); refused != strings.HasPrefix(want, "sips:") {
			t.Errorf("%q in the clear: %v", link, err)
		}
	}
}
