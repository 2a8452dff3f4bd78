namespace Diecast.Formats.Executables;

/// <summary>A machine by the ids of its hardware, and the device tree that is for it.</summary>
/// <param name="Ids">The ids (CHIDs, as <c>fwupdtool hwids</c> or <c>systemd-analyze chid</c> shows them), any of which is enough.</param>
/// <param name="Name">What the machine is called; shown to people.</param>
/// <param name="Compatible">The first <c>compatible</c> of the device tree that is used, which is in a <c>.dtbauto</c> section.</param>
public sealed record UkiHardwareId(IReadOnlyList<Guid> Ids, string Name, string Compatible);
