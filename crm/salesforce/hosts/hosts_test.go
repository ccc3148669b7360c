package hosts

import (
	"net/url"
	"strings"
	"testing"

	"linecard/fault"
)

// What people paste is the address of the page they look at.
func TestLoginHostOfAPage(t *testing.T) {
	homes := map[string]string{
		"login.salesforce.com":                Production,
		"www.salesforce.com":                  Production,
		"salesforce.com":                      Production,
		"test.salesforce.com":                 Sandbox,
		"acme.my.salesforce.com":              "https://acme.my.salesforce.com",
		"acme--sbx.sandbox.my.salesforce.com": "https://acme--sbx.sandbox.my.salesforce.com",
		"na139.salesforce.com":                "https://na139.salesforce.com",

		"acme.lightning.force.com":                  "https://acme.my.salesforce.com",
		"acme--sbx.sandbox.lightning.force.com":     "https://acme--sbx.sandbox.my.salesforce.com",
		"acme-dev-ed.develop.lightning.force.com":   "https://acme-dev-ed.develop.my.salesforce.com",
		"acme-1a2b.scratch.lightning.force.com":     "https://acme-1a2b.scratch.my.salesforce.com",
		"acme.trailblaze.lightning.force.com":       "https://acme.trailblaze.my.salesforce.com",
		"acme.my.salesforce-setup.com":              "https://acme.my.salesforce.com",
		"acme--sbx.sandbox.my.salesforce-setup.com": "https://acme--sbx.sandbox.my.salesforce.com",
		"acme.file.force.com":                       "https://acme.my.salesforce.com",
		"acme--c.vf.force.com":                      "https://acme.my.salesforce.com",
		"acme--sbx--c.sandbox.vf.force.com":         "https://acme--sbx.sandbox.my.salesforce.com",
		"acme-dev-ed--pkg.develop.vf.force.com":     "https://acme-dev-ed.develop.my.salesforce.com",
		"acme--c.visualforce.com":                   "https://acme.my.salesforce.com",
		"acme--c.na50.visual.force.com":             "https://acme.my.salesforce.com",
		"acme--sbx--c.cs10.visual.force.com":        "https://acme--sbx.sandbox.my.salesforce.com",
		"acme--c.na50.content.force.com":            "https://acme.my.salesforce.com",
		"acme--c.documentforce.com":                 "https://acme.my.salesforce.com",
		"acme.my.site.com":                          "https://acme.my.salesforce.com",
		"acme--sbx.sandbox.my.salesforce-sites.com": "https://acme--sbx.sandbox.my.salesforce.com",
		"acme.builder.salesforce-experience.com":    "https://acme.my.salesforce.com",

		"login.salesforce.mil":                     "https://login.salesforce.mil",
		"acme.my.salesforce.mil":                   "https://acme.my.salesforce.mil",
		"acme.lightning.crmforce.mil":              "https://acme.my.salesforce.mil",
		"acme.my.salesforce-setup.mil":             "https://acme.my.salesforce.mil",
		"acme--c.vf.crmforce.mil":                  "https://acme.my.salesforce.mil",
		"acme--sbx.sandbox.lightning.crmforce.mil": "https://acme--sbx.sandbox.my.salesforce.mil",
		"acme.my.sfcrmproducts.cn":                 "https://acme.my.sfcrmproducts.cn",
		"acme.lightning.sfcrmapps.cn":              "https://acme.my.sfcrmproducts.cn",
	}
	// Each is pasted in the ways in which an address is pasted.
	ways := []string{
		"%", "https://%", "HTTPS://%/", " https://%:443/ ", "%.", "%/", "<https://%/>", "\"%\"", "\u200b%\ufeff", "%\n",
		"https://%/lightning/setup/Users/home", "https://%/lightning/o/Case/list?filterName=Recent", "%/?locale=fr",
		"https://%?startURL=%2Fhome", "https://%/one/one.app#/sObject/001/view", "https://%/apex/Page?url=https://evil.example/@x",
		"https://%/secur/frontdoor.jsp?sid=00D!AQ&retURL=a%20b",
	}
	for host, want := range homes {
		for _, way := range ways {
			for _, typed := range []string{strings.Replace(way, "%", host, 1), strings.Replace(way, "%", strings.ToUpper(host), 1)} {
				if got, err := Login(typed); got != want {
					t.Errorf("Login(%q) = %q, %v; want %q", typed, got, err, want)
				}
			}
		}
	}
}

func TestLoginHostOnThisMachine(t *testing.T) {
	for typed, want := range map[string]string{
		"":                              Production,
		" \t":                           Production,
		"http://127.0.0.1:9000":         "http://127.0.0.1:9000",
		"http://localhost:9000/":        "http://localhost:9000",
		"http://LOCALHOST:9000/?x=1":    "http://localhost:9000",
		"http://[::1]:9000/login?x#top": "http://[::1]:9000",
	} {
		if got, err := Login(typed); got != want {
			t.Errorf("Login(%q) = %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestLookAlikesAreRefused(t *testing.T) {
	for _, typed := range []string{
		"http://login.salesforce.com", "http://acme.my.salesforce-setup.com/lightning", // plain http exposes the password
		"http://192.168.0.5:9000", "https://10.0.0.1", // another machine
		"https://evil.example", "not a host", "https://", "acme", "://", "https:///path",
		"https://salesforce.com.evil.example", "https://login.salesforce.com.evil.example/login.salesforce.com",
		"https://evilsalesforce.com", "https://login-salesforce.com", "https://salesforce.com-login.example",
		"https://acme.my.salesforce.com.co", "https://acme.my.salesforce-setup.com.evil.example",
		"https://acme.lightning.force.com.evil.example/lightning", "https://lightning.force.com.example",
		"https://my.salesforce-setup.com.example", "https://acme.my-salesforce.com", "https://acme.my.salesforce-setup.co",
		"https://salesforce.mil.example", "https://evilcrmforce.mil", "https://acme.my.site.com.example",
		"https://login.salesforce.com:8443", "https://acme.lightning.force.com:8443",
		"https://me:pw@login.salesforce.com", "https://login.salesforce.com@evil.example", "me@acme.my.salesforce.com",
		"https://evil.example\\.salesforce.com", "https://evil.example\\@login.salesforce.com", "https://login.salesforce.com\\@evil.example",
		"https://evil.example#.salesforce.com", "https://evil.example?.salesforce.com", "https://evil.example/.salesforce.com",
		"https://evil.example%2f.salesforce.com", "https://evil.example%00.salesforce.com", "https://evil.example%23.salesforce.com",
		"https://login.ѕalesforce.com", "https://login。salesforce。com.evil.example", "https://acme.my.salesforce.c\u200bom.evil.example",
		"https://.salesforce.com", "https://-.salesforce.com", "https://..my.salesforce.com", "https://.lightning.force.com", "https://--c.vf.force.com",
		"javascript://login.salesforce.com", "file://login.salesforce.com/etc", "ftp://login.salesforce.com", "data:text/html,login.salesforce.com",
		"https://help.salesforce.com/s/articleView?id=1", "https://trailhead.salesforce.com",
		"https://login.salesforce.com evil.example", "https://evil.example login.salesforce.com", "https://login.salesforce.com\nhttps://evil.example",
	} {
		got, err := Login(typed)
		if err == nil {
			t.Errorf("Login(%q) = %q; want a refusal", typed, got)
			continue
		}
		if f := fault.Of(err); !f.Is("salesforce.strange-login-host") && !f.Is("salesforce.login-host-insecure") {
			t.Errorf("%q: %v names no remedy", typed, err)
		}
	}
}

// Whatever is typed, the password goes to Salesforce or stays on this machine, and the answer is its own answer.
func FuzzLogin(f *testing.F) {
	for _, s := range []string{"acme.lightning.force.com/x", "https://evil.example\\.salesforce.com", "a--b--c.cs1.visual.force.com", "http://[::1]:1/", "x@y.salesforce.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := Login(typed)
		if err != nil {
			return
		}
		u, err := url.Parse(got)
		if err != nil || !Trusted(u) || u.Path != "" {
			t.Fatalf("Login(%q) = %q", typed, got)
		}
		if again, err := Login(got); again != got {
			t.Fatalf("Login(%q) = %q, %v", got, again, err)
		}
	})
}

func TestTokenStaysWithSalesforce(t *testing.T) {
	const real, demo = "https://login.salesforce.com", "http://127.0.0.1:9000"
	tests := []struct {
		instance, login string
		ok              bool
	}{
		{"https://acme.my.salesforce.com", real, true},
		{"https://acme.my.salesforce.com/", real, true},
		{"http://127.0.0.1:9000", demo, true},
		{"http://localhost:9000", demo, true},

		{"", real, false},
		{"http://acme.my.salesforce.com", real, false},
		{"https://evil.example", real, false},
		{"http://127.0.0.1:9000", real, false},
		{"https://acme.my.salesforce.com", demo, false},
		{"https://acme.my.salesforce.com/elsewhere", real, false},
		{"https://acme.my.salesforce.com@evil.example", real, false},
	}
	for _, tt := range tests {
		if err := CheckInstance(tt.instance, tt.login); (err == nil) != tt.ok {
			t.Errorf("CheckInstance(%q, %q) = %v", tt.instance, tt.login, err)
		}
	}
}

// An address that an org names as its own is checked before anything is sent there.
func FuzzCheckInstance(f *testing.F) {
	f.Add("https://acme.my.salesforce.com")
	f.Add("https://acme.my.salesforce.com@evil.example")
	f.Add("https://evil.example/.salesforce.com")
	f.Fuzz(func(t *testing.T, instance string) {
		if CheckInstance(instance, Production) != nil {
			return
		}
		host, ok := strings.CutPrefix(strings.TrimRight(instance, "/"), "https://")
		if !ok || strings.ContainsAny(host, "/@?#\\: ") {
			t.Fatalf("%q is taken for Salesforce's", instance)
		}
		for _, d := range domains {
			if strings.HasSuffix(host, d) {
				return
			}
		}
		t.Fatalf("%q is taken for Salesforce's", instance)
	})
}
