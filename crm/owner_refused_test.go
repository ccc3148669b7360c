package crm_test

import (
	"errors"
	"testing"

	"linecard/crm"
)

// A refusal tells of the owner only where it says that the user cannot own a record. A rule of the org that stands at the owner's field says
// nothing about the user.
func TestOwnerRefused(t *testing.T) {
	for _, tt := range []struct {
		code   string
		fields []string
		class  crm.Class
		want   bool
	}{
		{"INACTIVE_OWNER_OR_USER", nil, crm.ClassRejected, true},
		{"OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION", []string{"OwnerId"}, crm.ClassRejected, true},
		{"INVALID_CROSS_REFERENCE_KEY", []string{"OwnerId"}, crm.ClassRejected, true},
		{"INVALID_CROSS_REFERENCE_KEY", []string{"WhoId"}, crm.ClassRejected, false},
		{"FIELD_CUSTOM_VALIDATION_EXCEPTION", []string{"OwnerId"}, crm.ClassRejected, false},
		{"INACTIVE_OWNER_OR_USER", nil, crm.ClassAmbiguous, false},
	} {
		err := &crm.Error{Class: tt.class, Code: tt.code, Fields: tt.fields, Err: errors.New("refused")}
		if got := crm.OwnerRefused(err); got != tt.want {
			t.Errorf("%s %v: %t", tt.code, tt.fields, got)
		}
	}
}
