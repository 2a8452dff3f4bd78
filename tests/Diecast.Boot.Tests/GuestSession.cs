namespace Diecast.Boot.Tests;

/// <summary>A root shell in a machine that runs the example.</summary>
internal static class GuestSession
{
    internal static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(6);

    /// <summary>Waits for the login prompt and logs in as the declared user, with a root shell by sudo.</summary>
    internal static void LogIn(Qemu machine)
    {
        machine.Expect("vignemale login: ", BootLimit);
        machine.Send(ExampleServer.User);
        machine.Expect("Password: ");
        machine.Send(ExampleServer.Password);
        machine.Expect(@"ada@vignemale:~\$ ");
        machine.Send("sudo bash --norc");
        machine.Expect("password for ada: ");
        machine.Send(ExampleServer.Password);
        machine.Expect(@"\S+# ");
        machine.Command("stty -echo; PS1=; TERM=dumb");
    }

    internal static void PowerOff(Qemu machine)
    {
        machine.Send("systemctl poweroff");
        machine.ExpectEnd();
    }
}
