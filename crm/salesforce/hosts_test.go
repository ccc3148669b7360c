package salesforce

import "testing"

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
