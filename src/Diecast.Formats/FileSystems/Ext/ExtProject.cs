namespace Diecast.Formats.FileSystems.Ext;

/// <summary>A part of a tree that belongs to a project, as <c>chattr -p</c> and project quotas know it.</summary>
/// <param name="Path">The file or directory, absolute; all that is below it belongs to the project too.</param>
/// <param name="Id">The project; 0 is that of everything without one.</param>
public sealed record ExtProject(string Path, uint Id)
{
    /// <summary>
    /// Whether the directories hand the project on to what is made in them later (<c>chattr +P</c>). Default: yes.
    /// </summary>
    public bool Inherit { get; init; } = true;
}
