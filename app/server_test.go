package app

import "testing"

// A name is called back at the server of its account, which may be given as sips:.
func TestServerOfAnAccount(t *testing.T) {
	for account, want := range map[string]string{"2041@pbx.example.com": "pbx.example.com", "2041@sips:pbx.example.com:5061": "pbx.example.com:5061", "2041": ""} {
		if got := serverOf(account); got != want {
			t.Errorf("%s: %q, want %q", account, got, want)
		}
	}
}
