package fault_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"

	"linecard/fault"
)

func TestFaultSurvivesTheDisk(t *testing.T) {
	for _, f := range []fault.Fault{
		{},
		fault.New("sip.no-line"),
		fault.New("sip.busy", "number", "+14155550132", "again", true),
	} {
		if got := fault.Decode(f.Encode()); !reflect.DeepEqual(got, f) {
			t.Errorf("%v came back as %v", f, got)
		}
	}
}

// A sentence of an older version is shown unchanged.
func TestDecodeTakesPlainText(t *testing.T) {
	for _, text := range []string{"Salesforce can't be reached.", "{", `{"values":{}}`, "42"} {
		if got := fault.Decode(text); got.Code != fault.Plain || got.Values["text"] != text {
			t.Errorf("%q became %v %v", text, got, got.Values)
		}
	}
}

func TestErrorIsItsCode(t *testing.T) {
	err := fmt.Errorf("dial: %w", fault.Err(io.EOF, "sip.busy", "number", "204"))
	if !errors.Is(err, fault.Err(nil, "sip.busy")) || errors.Is(err, fault.Err(nil, "sip.no-line")) {
		t.Error("errors.Is does not compare codes")
	}
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
	if got := fault.Of(err); got.Code != "sip.busy" || got.Values["number"] != "204" {
		t.Errorf("fault %v %v", got, got.Values)
	}
	if !fault.Of(io.EOF).IsZero() {
		t.Error("a fault where there is none")
	}
}
