#!/usr/bin/env -S dotnet run
#:project ../src/Diecast.Cli/Diecast.Cli.csproj
#:property PublishAot=false

// A board's own system, with a few things of yours: an image for the SD card of a PINE A64-LTS.
//
//     dotnet run examples/my-pine.cs -- build
//
// docs/boards.md has the other boards, and how an image gets on a card.
using Diecast;
using Diecast.ImageTypes;

var pine = new Definition
{
    Name = "pine",
    System = Boards.Pine64.Barebones with
    {
        Timezone = "America/Indiana/Indianapolis",
        Users =
        [
            // The hash of "analytical"; make yours with mkpasswd.
            new UserAccount { Name = "ada", PasswordHash = "$6$diecast1815$OoBHB.Vl4hf2EP5G44yxnfE5EM56xC1yA7RK05kmsMLbcDXsgS5MxNtwjz8iz0IpmFkLXCLu3oO88pIUl46uR/" },
        ],
        Services = [new EnabledUnit("systemd-networkd")],
    },
    Image = new Image { Type = Boards.Pine64.Name },
};

return await DiecastProgram.RunAsync(args, pine);
