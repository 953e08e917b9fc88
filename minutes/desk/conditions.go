package desk

import (
	"slices"

	"bienban/minutes"
)

// What must hold before a step of the phases.
var (
	hasTitle = condition{"title", "chưa có tên cuộc họp", "the meeting has no title",
		func(s *State) bool { return s.Head.Title != "" }}
	hasAgenda = condition{"agenda", "chương trình chưa có nội dung nào", "the agenda has no item",
		func(s *State) bool { return len(s.Items) > 0 }}
	resultsComplete = condition{"results", "còn biểu quyết hoặc bầu cử chưa ghi nội dung", "a vote or an election has no subject yet",
		func(s *State) bool {
			return !slices.ContainsFunc(s.Votes, func(v Vote) bool { return v.Subject == "" }) &&
				!slices.ContainsFunc(s.Elections, func(e Election) bool { return e.Subject == "" })
		}}
	noConflict = condition{"conflicts", "còn chỗ hai người sửa khác nhau chưa được chọn", "a conflict between two people's changes is not settled",
		func(s *State) bool { return len(s.Conflicts) == 0 }}
	noOpenPoint = condition{"points", "còn việc để lại chưa xong", "an open point is left",
		func(s *State) bool {
			return !slices.ContainsFunc(s.Points, func(p Point) bool { return p.Closed == nil })
		}}
	hasSecretary = condition{"secretary", "chưa có thư ký trong danh sách người dự", "no secretary or clerk is among the people",
		func(s *State) bool {
			return s.hasPerson(minutes.RoleSecretary, minutes.RoleHeadSecretary, minutes.RoleClerk)
		}}
	hasChair = condition{"chair", "chưa có người chủ trì trong danh sách người dự", "nobody among the people chairs",
		func(s *State) bool { return s.hasPerson(minutes.RoleChair, minutes.RolePresidium) }}
)

func (s *State) hasPerson(roles ...string) bool {
	return slices.ContainsFunc(s.People, func(p Person) bool {
		return slices.ContainsFunc(roles, p.Role.Has)
	})
}
