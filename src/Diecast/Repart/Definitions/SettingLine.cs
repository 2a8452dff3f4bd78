namespace Diecast.Repart.Definitions;

/// <summary>One assignment of a definition file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1; of one that goes on over several the last.</param>
/// <param name="Key">The setting.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct SettingLine(string File, int Line, string Key, string Value)
{
    internal string Where => FormattableString.Invariant($"{File}:{Line}");
}
