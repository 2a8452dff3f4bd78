using Diecast.Systems;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of a system that NixOS or Guix has configured: its settings are not set a second time.</summary>
internal static class StoreSystemRules
{
    internal static void Check(Definition definition, Problems problems)
    {
        if (definition.System is not { } system || !IsStoreSystem(system))
            return;
        bool isGuix = system.Base is GuixBase;
        string owner = isGuix ? "Guix System" : "NixOS";
        foreach ((string key, string fix) in OwnedSettings.Of(system, definition.Image, isGuix))
            problems.Add(key, $"a setting of {owner}", null, $"{owner} configures itself: it makes /etc and all that starts from its own configuration", fix);
    }

    /// <summary>Whether a system brings its own kernel, as far as its definition says so.</summary>
    internal static bool IsStoreSystem(OperatingSystem system) => system.Base is NixBase { Toplevel: not null } or GuixBase { System: not null };

    /// <summary>Whether a system may bring its own kernel: a path of a store may be a whole system.</summary>
    internal static bool MayHaveKernel(OperatingSystem system) => system.Kernel is not null || system.Base is NixBase or GuixBase;
}
