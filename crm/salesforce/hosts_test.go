package salesforce

import (
	"strings"
	"testing"

	"linecard/fault"
)

func TestLoginHost(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"", "https://login.salesforce.com"},
		{"login.salesforce.com", "https://login.salesforce.com"},
		{"https://test.salesforce.com/", "https://test.salesforce.com"},
		{" Acme.my.Salesforce.com ", "https://acme.my.salesforce.com"},
		{"https://acme--sbx.sandbox.my.salesforce.com/setup/home", "https://acme--sbx.sandbox.my.salesforce.com"},
		{"https://acme.lightning.force.com/lightning/page/home", "https://acme.my.salesforce.com"},
		{"acme--sbx.sandbox.lightning.force.com", "https://acme--sbx.sandbox.my.salesforce.com"},
		{"acme.my.salesforce-setup.com", "https://acme.my.salesforce.com"},
		{"http://127.0.0.1:9000", "http://127.0.0.1:9000"},
		{"http://localhost:9000/", "http://localhost:9000"},
		{"http://[::1]:9000", "http://[::1]:9000"},

		{"http://login.salesforce.com", ""},         // plain http exposes the token
		{"http://192.168.0.5:9000", ""},             // another machine
		{"https://evil.example", ""},                //
		{"https://salesforce.com.evil.example", ""}, // ends with another domain
		{"https://evilsalesforce.com", ""},          // no dot in front
		{"https://login.salesforce.com:8443", ""},   //
		{"https://me:pw@login.salesforce.com", ""},  //
		{"https://login.salesforce.com?x=1", ""},    //
		{"https://evil.example\\.salesforce.com", ""},
		{"javascript://login.salesforce.com", ""},
		{"not a host", ""},
	}
	for _, tt := range tests {
		got, err := loginHost(tt.typed)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("loginHost(%q) = %q, %v; want %q", tt.typed, got, err, tt.want)
		}
		if err != nil && !fault.Of(err).Is("salesforce.strange-login-host") {
			t.Errorf("%q: the sentence %q names no remedy", tt.typed, err)
		}
	}
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
		if err := checkInstance(tt.instance, tt.login); (err == nil) != tt.ok {
			t.Errorf("checkInstance(%q, %q) = %v", tt.instance, tt.login, err)
		}
	}
}

func TestRecordURL(t *testing.T) {
	const acme = "https://acme.my.salesforce.com"
	if got := recordURL(acme, "Contact", "003Qy00000ABCDEIA4"); got != acme+"/lightning/r/Contact/003Qy00000ABCDEIA4/view" {
		t.Error(got)
	}
	for _, bad := range [][2]string{{"Contact", "../../x"}, {"Con/tact", "003Qy00000ABCDEIA4"}, {"Contact", "003Qy00000ABCDE?x"}, {"Contact", ""}} {
		if got := recordURL(acme, bad[0], bad[1]); got != "" {
			t.Errorf("%v gives %q", bad, got)
		}
	}
}

// An address that an org names as its own is checked before anything is sent there.
func FuzzCheckInstance(f *testing.F) {
	f.Add("https://acme.my.salesforce.com")
	f.Add("https://acme.my.salesforce.com@evil.example")
	f.Add("https://evil.example/.salesforce.com")
	f.Fuzz(func(t *testing.T, instance string) {
		if checkInstance(instance, Production) != nil {
			return
		}
		host, ok := strings.CutPrefix(strings.TrimRight(instance, "/"), "https://")
		if !ok || strings.ContainsAny(host, "/@?#\\: ") {
			t.Fatalf("%q is taken for Salesforce's", instance)
		}
		for _, d := range salesforceDomains {
			if strings.HasSuffix(host, d) {
				return
			}
		}
		t.Fatalf("%q is taken for Salesforce's", instance)
	})
}
