namespace Diecast.Formats.FileSystems.Ext;

/// <summary>By whom usage is counted with the feature <c>quota</c>.</summary>
[Flags]
public enum ExtQuotaTypes
{
    /// <summary>By no one.</summary>
    None = 0,

    /// <summary>By owner.</summary>
    User = 1,

    /// <summary>By group.</summary>
    Group = 2,

    /// <summary>By project; it needs the feature <c>project</c>.</summary>
    Project = 4,
}
