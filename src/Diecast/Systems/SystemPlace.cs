namespace Diecast.Systems;

/// <summary>What a system is run by.</summary>
internal enum SystemPlace
{
    /// <summary>Its own kernel, on a machine of its own; or nothing, where it is only packed.</summary>
    Machine,

    /// <summary>A container's runtime, which sets up its network and its mounts.</summary>
    Container,

    /// <summary>A container's runtime, in the network of its host.</summary>
    ContainerOnHostNetwork,

    /// <summary>The Windows Subsystem for Linux.</summary>
    Wsl,
}
