namespace Diecast.Formats.Executables;

/// <summary>Which of an image's profiles and device trees is used.</summary>
/// <param name="Profile">The profile: 0 is the base.</param>
/// <param name="DeviceTree">The <c>.dtbauto</c> section by its place among those; null where the machine is none of them.</param>
public readonly record struct UkiChoice(int Profile = 0, int? DeviceTree = null);
