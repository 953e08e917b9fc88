package register

import (
	"encoding/csv"
	"io"

	"bienban/minutes"
)

// WriteCSV writes a register as Excel reads it: UTF-8 with a byte order mark, every
// cell made harmless (Neutral).
func WriteCSV(w io.Writer, language string, rows []minutes.Delegate) error {
	head := []string{"Name", "Unit", "Title", "Sex", "Born", "Party since", "Education", "Alternate"}
	yes := "yes"
	if language == "vi" {
		head = []string{"Họ và tên", "Đơn vị", "Chức vụ", "Giới tính", "Ngày sinh", "Ngày vào Đảng", "Trình độ", "Dự khuyết"}
		yes = "có"
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if err := c.Write(head); err != nil {
		return err
	}
	for _, d := range rows {
		cells := []string{d.Name, d.Unit, d.Title, d.Sex, d.Born, d.PartySince, d.Education, ""}
		if d.Alternate {
			cells[7] = yes
		}
		for i := range cells {
			cells[i] = Neutral(cells[i])
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
