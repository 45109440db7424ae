// Running an attempt to its end.

#pragma once
