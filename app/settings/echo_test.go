package settings

import "testing"

// TestEchoTest: the echo test is a code or an extension; a number at which somebody can be called is told, by the dial plan of the account.
func TestEchoTest(t *testing.T) {
	for number, want := range map[string]bool{"": true, "*43": true, "9196": true, "600": true, "+442079460958": false, "02079460958": false} {
		c, a := &checker{}, Account{EchoTest: number}
		c.echo("", &a, Numbers{Country: "GB"})
		if len(c.faults) == 0 != want || (a.EchoTest == number) != want {
			t.Errorf("%q: %v, kept as %q", number, c.faults, a.EchoTest)
		}
	}
	c, a := &checker{}, Account{EchoTest: "4155550132"}
	if c.echo("", &a, Numbers{Country: "US"}); len(c.faults) != 1 || !c.faults[0].Is("settings.must-be-echo-test") {
		t.Errorf("in its country: %v", c.faults)
	}
}
