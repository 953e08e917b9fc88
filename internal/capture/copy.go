package capture

import (
	"fmt"

	"bienban/audio/alarm"
	"bienban/audio/record"
)

// CopyError says that the copy on the second drive lacked something when the recording ended.
type CopyError struct {
	Recording string // its folder
	record.MirrorState
}

// Error implements error.
func (e *CopyError) Error() string {
	_, why := alarm.MirrorText(e.Cause)
	if e.Cause == "" {
		why = "its drive did not keep up"
	}
	return fmt.Sprintf("the copy in %s is not complete: it lacks %d KB: %s; once that is mended, copy the files of %s there", e.Folder, e.lacks(), why, e.Recording)
}

// Vietnamese is Error in that language.
func (e *CopyError) Vietnamese() string {
	why, _ := alarm.MirrorText(e.Cause)
	if e.Cause == "" {
		why = "ổ của bản sao không theo kịp"
	}
	return fmt.Sprintf("bản sao ở %s chưa đủ, còn thiếu %d KB, vì %s; khi đã khắc phục, hãy chép các tệp trong %s sang đó", e.Folder, e.lacks(), why, e.Recording)
}

// lacks is what the copy lacks in KB, rounded up.
func (e *CopyError) lacks() int64 { return (e.Behind + 1023) / 1024 }
