package sip_test

import (
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// Who calls, as the headers of real PBXs say it.
func TestCallerIdentity(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	for name, tc := range map[string]struct {
		from, extra string
		want        sip.Party
		diverted    string
	}{
		"From": {
			`"Ada \"The Countess\" Lovelace" <sip:+441632960001@pbx>`, "",
			sip.Party{Name: `Ada "The Countess" Lovelace`, User: "+441632960001", Host: "pbx", Source: "From"},
			"",
		},
		"From without brackets": {
			`sip:2050@pbx`, "",
			sip.Party{User: "2050", Host: "pbx", Source: "From"},
			"",
		},
		"PAI wins": {
			`"trunk" <sip:trunk@pbx>`, "Remote-Party-ID: <sip:3@x>;party=calling\nP-Asserted-Identity: \"Bob\" <sip:+15550100@carrier>\n",
			sip.Party{Name: "Bob", User: "+15550100", Host: "carrier", Source: "P-Asserted-Identity"},
			"",
		},
		"PAI in one line": {
			`<sip:trunk@pbx>`, "P-Asserted-Identity: \"Bob, Jr.\" <sip:+15550100@carrier>, <tel:+15550100>\n",
			sip.Party{Name: "Bob, Jr.", User: "+15550100", Host: "carrier", Source: "P-Asserted-Identity"},
			"",
		},
		"PAI tel first": {
			`<sip:trunk@pbx>`, "P-Asserted-Identity: <tel:+1-555-0100;ext=7>, \"Bob\" <sip:+15550100@carrier>\n",
			sip.Party{Name: "Bob", User: "+15550100", Source: "P-Asserted-Identity"},
			"",
		},
		"PAI without number": {
			`<sip:+15550199@pbx>`, "P-Asserted-Identity: <sip:carrier.example>\n",
			sip.Party{User: "+15550199", Host: "pbx", Source: "From"},
			"",
		},
		"RPID": {
			`"x" <sip:x@pbx>`, "Remote-Party-ID: \"Desk\" <sip:2000@pbx>;party=called, \"Carol\" <sip:2060@pbx>;party=calling;privacy=off;screen=no\n",
			sip.Party{Name: "Carol", User: "2060", Host: "pbx", Source: "Remote-Party-ID"},
			"",
		},
		"RPID private":   {`<sip:2060@pbx>`, "Remote-Party-ID: <sip:2060@pbx>;privacy=full\n", sip.Party{Withheld: true, Source: "Remote-Party-ID"}, ""},
		"Privacy":        {`<sip:+15550100@pbx>`, "Privacy: id;critical\nP-Asserted-Identity: <sip:+15550100@carrier>\n", sip.Party{Withheld: true, Source: "P-Asserted-Identity"}, ""},
		"Privacy none":   {`<sip:+15550100@pbx>`, "Privacy: none\n", sip.Party{User: "+15550100", Host: "pbx", Source: "From"}, ""},
		"PAI anonymous":  {`<sip:trunk@pbx>`, "P-Asserted-Identity: \"Anonymous\" <sip:anonymous@anonymous.invalid>\n", sip.Party{Withheld: true, Source: "P-Asserted-Identity"}, ""},
		"RPID anonymous": {`<sip:trunk@pbx>`, "Remote-Party-ID: <sip:anonymous@pbx>;privacy=off\n", sip.Party{Withheld: true, Source: "Remote-Party-ID"}, ""},
		"anonymous":      {`"Anonymous" <sip:anonymous@anonymous.invalid>`, "", sip.Party{Withheld: true, Source: "From"}, ""},
		"no user":        {`<sip:gateway.example>`, "", sip.Party{Withheld: true, Source: "From"}, ""},
		"number as name": {`"+1 (555) 0100" <sip:+15550100@pbx>`, "", sip.Party{User: "+15550100", Host: "pbx", Source: "From"}, ""},
		"escapes":        {`<sip:%2B1555%20x;phone-context=a:secret@pbx:5070;user=ip>`, "", sip.Party{User: "+1555 x", Host: "pbx", Source: "From"}, ""},
		"user=phone":     {`<sip:+1-(555)-0100@pbx;user=phone>`, "", sip.Party{User: "+15550100", Host: "pbx", Source: "From"}, ""},
		"IPv6":           {`"B" <sip:b@[2001:db8::1]:5070>`, "", sip.Party{Name: "B", User: "b", Host: "2001:db8::1", Source: "From"}, ""},
		"name of From":   {`"Bob" <sip:+15550100@pbx>`, "P-Asserted-Identity: <sip:+15550100@carrier>\n", sip.Party{Name: "Bob", User: "+15550100", Host: "carrier", Source: "P-Asserted-Identity"}, ""},
		"Diversion": {
			`<sip:1@pbx>`, "Diversion: <sip:2077@pbx>;reason=unconditional, <sip:2078@pbx>;reason=user-busy\n",
			sip.Party{User: "1", Host: "pbx", Source: "From"},
			"2077",
		},
		"History-Info": {
			`<sip:1@pbx>`, "History-Info: <sip:2077@pbx?Reason=SIP%3Bcause%3D302>;index=1, <sip:2041@pbx>;index=1.1\n",
			sip.Party{User: "1", Host: "pbx", Source: "From"},
			"2077",
		},
	} {
		t.Run(name, func(t *testing.T) {
			ph.t = t
			c := p.Call(tc.from)
			c.Send("INVITE", tc.extra, siptest.SDP(4000, "sendrecv"))
			c.Learn(p.Await("SIP/2.0 180"))
			in := next[sip.CallIncoming](ph)
			if in.Party != tc.want {
				t.Errorf("party %+v\nwant  %+v", in.Party, tc.want)
			}
			if in.Diverted != tc.diverted {
				t.Errorf("diverted by %q, want %q", in.Diverted, tc.diverted)
			}
			c.Send("CANCEL", "", "")
			next[sip.CallEnded](ph)
			p.Await("SIP/2.0 487")
			c.Send("ACK", "", "")
		})
	}
}
